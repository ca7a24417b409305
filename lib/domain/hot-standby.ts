// Settings that a standby must not have lower than its primary, and what a pending restart of them means. Pure.

import type { Member } from './cluster';
import { number } from './wire/loose';

/** What pg_controldata carries to the standbys (xlogrecovery.c, CheckRequiredParameterValues). */
const HOT_STANDBY_PARAMETERS: ReadonlySet<string> = new Set([
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
]);

/** Lowered parameters that wait for a restart of this member. */
export function loweredParameters(member: Member): readonly string[] {
  return (member.pendingRestart?.parameters ?? []).flatMap(({ name, from, to }) => {
    const [was, will] = [number(from), number(to)];
    return HOT_STANDBY_PARAMETERS.has(name) && was !== null && will !== null && was > will ? [name] : [];
  });
}

/** Raised parameters that wait for a restart of this member. */
function raisedParameters(member: Member): readonly string[] {
  return (member.pendingRestart?.parameters ?? []).flatMap(({ name, from, to }) => {
    const [was, will] = [number(from), number(to)];
    return HOT_STANDBY_PARAMETERS.has(name) && was !== null && will !== null && was < will ? [name] : [];
  });
}

/**
 * Is it paused because a parameter is lower than the primary's, which was restarted before it? Resumed, such a standby ends
 * (PostgreSQL 14 and later, xlogrecovery.c, RecoveryRequiresIntParameter).
 */
export function waitsForRestart(member: Member, leader: Member | null): boolean {
  if (member.replayPaused !== true || leader === null) return false;
  const pending = raisedParameters(leader);
  return raisedParameters(member).some((name) => !pending.includes(name));
}
