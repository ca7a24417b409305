// Receivers that do not work are an alert of Howdah itself, told by the others. Its scope is empty: no cluster has that name.
import { type ConditionReport, NOTHING_UNSEEN } from '../../domain/alerts/conditions';
import { RECEIVER_RULE } from '../../domain/alerts/groups';
import { say } from '../../domain/language/say';
import { formatSeconds } from '../../domain/words';
import type { ReceiverHealth } from './alert-store';
import type { Receiver } from './receivers/receiver';

const FAILING_MS = 5 * 60_000;

export function ownReport(
  receivers: readonly Receiver[],
  healthOf: (name: string) => ReceiverHealth,
  now: number,
): ConditionReport {
  const conditions = receivers.flatMap((receiver) => {
    const { failingSince, lastError } = healthOf(receiver.name);
    if (failingSince === null || now - failingSince < FAILING_MS) return [];
    return {
      rule: RECEIVER_RULE,
      scope: '',
      key: receiver.name,
      member: null,
      code: null,
      severity: 'warning' as const,
      title: say`Receiver ${receiver.name} has not worked for ${formatSeconds((now - failingSince) / 1000)}`,
      evidence: [`${receiver.kind}, ${receiver.target()}: ${lastError ?? say`no answer`}`],
      advice: say`Repair ${receiver.name}, then send a test message. What waits for it is sent for a day.`,
      since: failingSince,
    };
  });
  return {
    scope: '',
    labels: {},
    observedAt: now,
    intervalMs: 1000,
    conditions,
    unseen: NOTHING_UNSEEN,
    changing: false,
    gone: false,
  };
}
