// Since when each finding of a DCS stands, and what began and ended while Howdah looked. Pure; the first look only is, it changes nothing.
import type { Text } from '../../language/sentence';
import type { Severity } from '../severity';
import type { CareCode, CareFinding } from './care';

/** Kept of one DCS, newest first; the alerts have what was told. */
const EVENTS_MAX = 100;

export type StandingFinding = CareFinding & { readonly since: number };

export interface CareEvent {
  readonly at: number;
  readonly kind: 'raised' | 'cleared';
  readonly code: CareCode;
  readonly severity: Severity;
  readonly title: Text;
}

export interface CareHistory {
  readonly standing: readonly StandingFinding[];
  readonly events: readonly CareEvent[];
}

export function happened(before: CareHistory | null, found: readonly CareFinding[], now: number): CareHistory {
  const stood = new Map((before?.standing ?? []).map((finding) => [finding.code, finding]));
  const standing = found.map((finding) => ({ ...finding, since: stood.get(finding.code)?.since ?? now }));
  if (before === null) return { standing, events: [] };
  const codes = new Set(found.map(({ code }) => code));
  const event = (kind: CareEvent['kind'], { code, severity, title }: CareFinding): CareEvent => {
    return { at: now, kind, code, severity, title };
  };
  const events = [
    ...found.filter(({ code }) => !stood.has(code)).map((finding) => event('raised', finding)),
    ...before.standing.filter(({ code }) => !codes.has(code)).map((finding) => event('cleared', finding)),
    ...before.events,
  ];
  return { standing, events: events.slice(0, EVENTS_MAX) };
}
