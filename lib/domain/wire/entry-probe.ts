// Who answered at an address: the row of io/entry-address.ts, or Patroni's own status where there is no SQL role.
import type { RawProbe } from '../raw';
import { boolean, field, once, positive, positiveWhole, text } from './loose';
import { identifier, parsePatroniStatus } from './patroni';

export interface ProbeStatus {
  readonly isPrimary: boolean;
  /** Of the postmaster. */
  readonly startedAt: number | null;
  readonly systemIdentifier: string | null;
  /** Behind a virtual address that address itself. */
  readonly serverAddress: string | null;
  readonly timeline: number | null;
  /** What Patroni calls itself; null: PostgreSQL was asked. */
  readonly name: string | null;
}

type Answer = Extract<RawProbe['reading'], { readonly ok: true }>['value'];

/** null: it is none of the two. */
export const parseProbe = once((answer: Answer): ProbeStatus | null => {
  if ('http' in answer) {
    const status = parsePatroniStatus(answer.http);
    if (status === null || status.role === null) return null;
    return {
      isPrimary: status.role === 'primary' && status.state === 'running',
      startedAt: status.startedAt,
      systemIdentifier: status.systemIdentifier,
      serverAddress: null,
      timeline: status.timeline,
      name: status.name,
    };
  }
  const { sql } = answer;
  const inRecovery = boolean(field(sql, 'in_recovery'));
  if (inRecovery === null) return null;
  return {
    isPrimary: !inRecovery,
    startedAt: positive(field(sql, 'started_ms')),
    systemIdentifier: identifier(field(sql, 'system_identifier')),
    serverAddress: text(field(sql, 'server_address')),
    timeline: positiveWhole(field(sql, 'timeline')),
    name: null,
  };
});
