// Sessions as a person looks for them: which of them, in which order, and how they are called. Pure.
import { csvLine } from '../words/format';
import type { BlockingLine, Inside, SessionRow } from './activity';

const SESSION_KINDS = ['busy', 'idle_in_transaction', 'all'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

const isIdleInTransaction = ({ state }: SessionRow): boolean => state?.startsWith('idle in transaction') === true;

/** `busy`: with a transaction or a statement. The longest transaction first, then whoever did something last. */
export function sessionsOf(inside: Inside, kind: SessionKind, text: string): readonly SessionRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = inside.sessions.filter((session) => {
    if (kind === 'busy' && session.transactionSeconds === null && session.state !== 'active') return false;
    if (kind === 'idle_in_transaction' && !isIdleInTransaction(session)) return false;
    const { pid, user, application, client, database, state, wait, statement } = session;
    const line = [pid, user, application, client, database, state, wait, statement].join(' ').toLowerCase();
    return words.every((word) => line.includes(word));
  });
  return [...kept].sort(
    (a, b) =>
      (b.transactionSeconds ?? -1) - (a.transactionSeconds ?? -1) || (a.stateSeconds ?? 0) - (b.stateSeconds ?? 0),
  );
}

export function sessionOf(inside: Inside, pid: number | null): SessionRow | undefined {
  return pid === null ? undefined : inside.sessions.find((session) => session.pid === pid);
}

/** The root that blocks the most; undefined: nobody waits. */
export function worstRoot(inside: Inside): BlockingLine | undefined {
  return inside.blocking.find(({ depth, blocks }) => depth === 0 && blocks > 0);
}

/** What clients may still open: the rest is kept for superusers and for the role of the reserve. */
export function connectionsLeft({ limit, superuserReserved, roleReserved, used }: Inside['connections']): {
  readonly forClients: number;
  readonly left: number;
} {
  const forClients = Math.max(0, limit - superuserReserved - roleReserved);
  return { forClients, left: Math.max(0, forClients - used) };
}

export function sessionsCsv(sessions: readonly SessionRow[]): string {
  const head = 'pid,user,database,application,client,state,wait,transaction_seconds,state_seconds,statement';
  const lines = sessions.map((one) =>
    csvLine([
      one.pid,
      one.user,
      one.database,
      one.application,
      one.client,
      one.state,
      one.wait ?? '',
      one.transactionSeconds ?? '',
      one.stateSeconds ?? '',
      one.statement ?? '',
    ]),
  );
  return [head, ...lines].join('\n');
}
