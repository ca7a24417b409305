// Which silences keep an alert quiet. Every field of a silence that is not null must fit.

import { fitsPattern } from '../pattern';
import type { Alert, Silence } from './alert';

function isActive(silence: Silence, now: number): boolean {
  return silence.endedAt === null && silence.startsAt <= now && now < silence.endsAt;
}

export function silencesOf(
  alert: Pick<Alert, 'scope' | 'rule' | 'member'>,
  labels: Readonly<Record<string, string>>,
  silences: readonly Silence[],
  now: number,
): readonly string[] {
  return silences
    .filter(
      (silence) =>
        isActive(silence, now) &&
        (silence.scope === null || fitsPattern(silence.scope, alert.scope)) &&
        (silence.rule === null || silence.rule === alert.rule) &&
        (silence.member === null || silence.member === alert.member) &&
        Object.entries(silence.labels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value),
    )
    .map(({ id }) => id);
}
