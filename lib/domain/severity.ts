// How bad something is, and the one order of it. Pure; no other file says what is worse than what.

/** Worst first. What is not known may be critical: it stands above a warning. */
export const SEVERITIES = ['critical', 'unknown', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Of a cluster the worst of its findings; `ok` is the absence of findings. */
export const HEALTHS = [...SEVERITIES, 'ok'] as const;
export type Health = (typeof HEALTHS)[number];

/** A person is needed. */
export const LOUD = ['critical', 'unknown', 'warning'] as const satisfies readonly Severity[];
/** How something is drawn: `plain` where nobody is needed. */
export type Tone = (typeof LOUD)[number] | 'plain';

/** What a receiver is told. */
export const ALERT_SEVERITIES = ['critical', 'warning', 'note'] as const satisfies readonly Severity[];
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Worst first. */
export function bySeverity(a: Health, b: Health): number {
  return HEALTHS.indexOf(a) - HEALTHS.indexOf(b);
}

export function worse<T extends Health>(a: T, b: T): T {
  return bySeverity(a, b) <= 0 ? a : b;
}

/** undefined: there is none. */
export function worstOf<T extends Health>(all: readonly T[]): T | undefined {
  return [...all].sort(bySeverity)[0];
}

export function toneOf(health: Health): Tone {
  return LOUD.find((loud) => loud === health) ?? 'plain';
}
