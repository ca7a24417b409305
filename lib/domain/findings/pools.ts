// Findings about the pools of PgBouncer: who waits there, and why.

import { formatSeconds } from '../../language/quantity';
import { agree, say } from '../../language/sentence';
import { doorsOf } from './entries';
import { type FindingContext, type FindingRule, fact, type Match } from './rule';

/** A pause around a switchover takes three to five seconds. */
const FORGOTTEN_MS = 30_000;
const CUT_OFF_SECONDS = 10;
const STUCK_MS = 5000;
const WAITING_MS = 5000;
/** Patroni needs about as long for a switchover. */
const RETRY_SECONDS = 2;

const pools = (context: FindingContext) =>
  doorsOf(context).flatMap(({ entry, listener, name }) =>
    listener.pool === null ? [] : [{ entry, listener, name, pool: listener.pool }],
  );

export const POOL_RULES: readonly FindingRule[] = [
  {
    code: 'pool_paused',
    meaning: 'A pool is paused: its clients wait until somebody resumes it.',
    match: (context) =>
      pools(context).flatMap(({ entry, listener, name, pool }): Match[] => {
        if (!pool.paused) return [];
        const lasted = context.now - listener.since;
        const isFelt = pool.waiting > 0 && pool.waitSeconds >= CUT_OFF_SECONDS;
        return [
          {
            severity: isFelt ? 'critical' : lasted >= FORGOTTEN_MS ? 'warning' : 'note',
            title:
              pool.waiting === 0
                ? say`${name}: the pool is paused`
                : say`${name}: the pool is paused, and ${pool.waiting} ${agree(pool.waiting, 'client waits', 'clients wait')}`,
            members: [],
            evidence: [
              fact(name, say`looked at by ${entry.address}`),
              fact(say`oldest wait`, waitWords(pool.waitSeconds, pool.waitLimitSeconds)),
            ],
            advice: say`Howdah did not pause it. Where no maintenance needs it: \`RESUME ${listener.name};\` on its console, as an admin user; where all was paused \`RESUME;\`.`,
            since: listener.since,
          },
        ];
      }),
  },
  {
    code: 'pool_cannot_login',
    meaning:
      'Clients of a pool wait and it has no connection to PostgreSQL at all: it cannot sign in there, or waits before it tries again.',
    match: (context) =>
      pools(context).flatMap(({ entry, listener, name, pool }): Match[] => {
        if (pool.stuckSince === null || context.now - pool.stuckSince < STUCK_MS) return [];
        return [
          {
            severity: context.cluster.writable === true ? 'critical' : 'warning',
            title: say`${name} has no connection to PostgreSQL, and ${pool.waiting} ${agree(pool.waiting, 'client waits', 'clients wait')}`,
            members: listener.members,
            evidence: [
              fact(name, say`looked at by ${entry.address}`),
              fact(say`points at`, pool.target ?? say`a local socket`),
              fact(say`oldest wait`, waitWords(pool.waitSeconds, pool.waitLimitSeconds)),
              ...(pool.loginRetrySeconds === null
                ? []
                : [fact('server_login_retry', formatSeconds(pool.loginRetrySeconds))]),
            ],
            advice: say`After a failed sign-in it waits \`server_login_retry\` before it tries again; \`RECONNECT ${listener.name};\` does not shorten that, \`SET server_login_retry = 1;\` does. If it lasts, see its log: password, pg_hba.conf, or the way to ${pool.target ?? 'PostgreSQL'}.`,
            since: pool.stuckSince,
          },
        ];
      }),
  },
  {
    code: 'pool_clients_wait',
    meaning: 'Clients of a pool wait for a connection because all are in use.',
    match: (context) =>
      pools(context).flatMap(({ entry, name, pool }): Match[] => {
        const { waitingSince, stuckSince, paused, waitSeconds, waitLimitSeconds } = pool;
        if (paused || stuckSince !== null || waitingSince === null || context.now - waitingSince < WAITING_MS)
          return [];
        const isNear = waitLimitSeconds !== null && waitLimitSeconds > 0 && waitSeconds >= waitLimitSeconds / 2;
        return [
          {
            severity: isNear ? 'critical' : 'warning',
            title: say`${pool.waiting} ${agree(pool.waiting, 'client waits', 'clients wait')} for a connection in ${name}`,
            members: [],
            evidence: [
              fact(name, say`looked at by ${entry.address}`),
              fact(
                say`busy`,
                pool.size === null ? `${pool.busy}` : say`${pool.busy}, at most ${pool.size} for each user`,
              ),
              fact(say`oldest wait`, waitWords(waitSeconds, waitLimitSeconds)),
            ],
            advice: say`See first what the busy ones do: long transactions and sessions that idle in one hold connections. Only then raise \`pool_size\`.`,
            since: waitingSince,
          },
        ];
      }),
  },
  {
    code: 'pool_slow_retry',
    meaning:
      'PgBouncer waits long before it tries to sign in again: a switchover of seconds lasts that long for its clients.',
    match: ({ cluster }) =>
      (cluster.entries ?? []).flatMap((entry): Match[] => {
        const seconds = entry.listeners.find(({ pool }) => pool !== null)?.pool?.loginRetrySeconds ?? null;
        if (seconds === null || seconds <= RETRY_SECONDS) return [];
        return [
          {
            severity: 'note',
            title: say`After a switchover ${entry.name} may hold its clients for ${formatSeconds(seconds)}`,
            members: [],
            evidence: [
              fact(entry.name, say`looked at by ${entry.address}`),
              fact('server_login_retry', formatSeconds(seconds)),
            ],
            advice: say`Set \`server_login_retry = 1\` in pgbouncer.ini: one failed sign-in during a switchover else stops the whole pool for so long.`,
          },
        ];
      }),
  },
];

function waitWords(seconds: number, limit: number | null) {
  if (seconds === 0) return say`nobody waits`;
  return limit === null || limit === 0
    ? formatSeconds(seconds)
    : say`${formatSeconds(seconds)}, cut off after ${formatSeconds(limit)}`;
}
