// What is wrong with Howdah's own memory, in words, for the pages that show the past. Pure. Live goes on in each of these.
import type { HealthAnswer } from '../contract/stream';
import type { Severity } from '../domain/cluster';
import { formatBytes } from '../domain/words';
import { plural } from './format';

export interface StoreTrouble {
  readonly key: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  /** Since when, where it is known. */
  readonly since: number | null;
}

function waiting(health: HealthAnswer): string {
  const { history } = health;
  if (history === null || history.buffered === 0) return '';
  const room = history.bufferLimitBytes > 0 ? ` of ${formatBytes(history.bufferLimitBytes)}` : '';
  return `Waiting for it: ${plural(history.buffered, 'entry', 'entries')}, ${formatBytes(history.bufferedBytes)}${room}.`;
}

/** Worst first; empty: everything is kept. */
export function storeTroubles(health: HealthAnswer): readonly StoreTrouble[] {
  const { store, history } = health;
  const troubles: StoreTrouble[] = [];
  if (store.state === 'down') {
    troubles.push({
      key: 'down',
      severity: 'warning',
      title: 'The store is away: live goes on, the past has a gap',
      detail: [store.error ?? '', waiting(health)].filter(Boolean).join(' '),
      since: store.since,
    });
  } else if (store.error !== null) {
    troubles.push({
      key: 'notice',
      severity: 'warning',
      title: 'The store has a notice',
      detail: store.error,
      since: null,
    });
  }
  if (history !== null) {
    const lost = [
      history.droppedSamples > 0 ? plural(history.droppedSamples, 'sample') : '',
      history.droppedFrames > 0 ? plural(history.droppedFrames, 'snapshot') : '',
      history.droppedEvents > 0 ? plural(history.droppedEvents, 'event') : '',
    ].filter(Boolean);
    if (lost.length > 0) {
      troubles.push({
        key: 'dropped',
        severity: 'warning',
        title: `The past has a gap: ${lost.join(', ')} given up`,
        detail: 'More came than could wait for the store, or it refused them. Counted since Howdah started.',
        since: null,
      });
    }
    if (history.problem !== null && history.problem !== store.error) {
      troubles.push({
        key: 'history',
        severity: 'warning',
        title: 'The past is not kept as it should be',
        detail: history.problem,
        since: null,
      });
    }
  }
  return troubles;
}
