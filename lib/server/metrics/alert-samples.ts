// Telling, as samples: what stands, and whether the ways to tell people work. Only the process that evaluates and sends has them;
// the others say that they do not, so that several Howdahs on one store add up.

import type { AlertsAnswer, ReceiverState } from '../../contract/alerts';
import type { Alert } from '../../domain/alerts/alert';
import type { Sample } from '../../domain/metrics/exposition';
import { ALERT_SEVERITIES } from '../../domain/severity';

const STATES = ['pending', 'firing'] as const;

export interface Telling extends Pick<AlertsAnswer, 'sender' | 'problem'> {
  /** Is there anybody to tell? Without a receiver nothing is broken when nobody is told. */
  readonly configured: boolean;
  /** null: this process does not know them. */
  readonly alerts: readonly Alert[] | null;
  readonly receivers: readonly ReceiverState[];
}

export function alertSamples(
  { sender, problem, configured, alerts, receivers }: Telling,
  now: number,
): readonly Sample[] {
  const samples: Sample[] = [];
  for (const state of alerts === null ? [] : STATES) {
    for (const severity of ALERT_SEVERITIES) {
      const value = (alerts ?? []).filter((alert) => alert.state === state && alert.severity === severity).length;
      samples.push({ family: 'howdah_alerts', labels: { state, severity }, value });
    }
  }
  if (!configured) return samples;
  samples.push({ family: 'howdah_alerting_here', labels: {}, value: sender === 'here' ? 1 : 0 });
  samples.push({ family: 'howdah_alerting_working', labels: {}, value: problem === null ? 1 : 0 });
  if (sender !== 'here') return samples;
  return [...samples, ...receivers.flatMap((receiver) => ofReceiver(receiver, now))];
}

function ofReceiver(state: ReceiverState, now: number): readonly Sample[] {
  const labels = { receiver: state.name, kind: state.kind };
  const samples: Sample[] = [
    { family: 'howdah_receiver_queued', labels, value: state.queued },
    { family: 'howdah_receiver_given_up', labels, value: state.givenUp },
  ];
  // Nothing was ever sent: whether it works is not known.
  if (state.state !== 'untried')
    samples.push({ family: 'howdah_receiver_failing', labels, value: state.state === 'failing' ? 1 : 0 });
  if (state.oldestQueuedAt !== null) {
    const age = Math.max(0, now - state.oldestQueuedAt) / 1000;
    samples.push({ family: 'howdah_receiver_oldest_queued_age_seconds', labels, value: age });
  }
  if (state.lastOkAt !== null)
    samples.push({ family: 'howdah_receiver_success_time_seconds', labels, value: state.lastOkAt / 1000 });
  return samples;
}
