// What is wrong with Howdah's own memory, in words, for the pages that show the past. Pure. Live goes on in each of these.
import type { HealthAnswer } from '../../contract/stream';
import type { Severity } from '../../domain/severity';
import { isSameText, type Text } from '../../language/sentence';
import { formatBytes } from '../words/format';
import { t, tn, wire } from '../words/text';

export interface StoreTrouble {
  readonly key: string;
  readonly severity: Severity | 'unknown';
  readonly title: string;
  readonly detail: string;
  /** Since when, where it is known. */
  readonly since: number | null;
}

function waiting(health: HealthAnswer): string {
  const { history } = health;
  if (history === null || history.buffered === 0) return '';
  const size = formatBytes(history.bufferedBytes);
  if (history.bufferLimitBytes <= 0)
    return tn(history.buffered, 'Waiting for it: {n} entry, {size}.', 'Waiting for it: {n} entries, {size}.', { size });
  return tn(
    history.buffered,
    'Waiting for it: {n} entry, {size} of {limit}.',
    'Waiting for it: {n} entries, {size} of {limit}.',
    { size, limit: formatBytes(history.bufferLimitBytes) },
  );
}

/** Howdah answered, and cannot say how its memory is: for instance because the sessions are read from the same store. */
export function unknownTrouble(why: Text): StoreTrouble {
  const title = t('Whether the past is kept is not known');
  return { key: 'unknown', severity: 'unknown', title, detail: wire(why), since: null };
}

/** Worst first; empty: everything is kept. */
export function storeTroubles(health: HealthAnswer): readonly StoreTrouble[] {
  const { store, history } = health;
  const troubles: StoreTrouble[] = [];
  if (store.state === 'down') {
    troubles.push({
      key: 'down',
      severity: 'warning',
      title: t('The store is away: live goes on, the past has a gap'),
      detail: [wire(store.error ?? ''), waiting(health)].filter(Boolean).join(' '),
      since: store.since,
    });
  } else if (store.error !== null) {
    troubles.push({
      key: 'notice',
      severity: 'warning',
      title: t('The store has a notice'),
      detail: wire(store.error),
      since: null,
    });
  }
  if (history !== null) {
    const lost = [
      history.droppedSamples > 0 ? tn(history.droppedSamples, '{n} sample', '{n} samples') : '',
      history.droppedFrames > 0 ? tn(history.droppedFrames, '{n} snapshot', '{n} snapshots') : '',
      history.droppedEvents > 0 ? tn(history.droppedEvents, '{n} event', '{n} events') : '',
    ].filter(Boolean);
    if (lost.length > 0) {
      troubles.push({
        key: 'dropped',
        severity: 'warning',
        title: t('The past has a gap: {lost} dropped', { lost: lost.join(', ') }),
        detail: t('More came than could wait for the store, or it refused them. Counted since Howdah started.'),
        since: null,
      });
    }
    if (history.problem !== null && !isSameText(history.problem, store.error ?? '')) {
      troubles.push({
        key: 'history',
        severity: 'warning',
        title: t('The past is not kept as it should be'),
        detail: wire(history.problem),
        since: null,
      });
    }
  }
  return troubles;
}
