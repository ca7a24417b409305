// Checks about pausing databases of PgBouncer around a handover: can it be done at all, and what would make clients wait longer, or meet
// an error after all.
import { formatSeconds, joinNames } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { expectedOutage } from '../expected-outage';
import { PAUSE_MS, poolName, poolOffer, readyPools, wantsPools } from '../pools';
import { blocker, type CheckRow, fact, passed, warning } from './check';

const APPLIES = ['switchover', 'rolling_restart'] as const;
const LOGIN_RETRY_SECONDS = 2;
/** As many expected outages a client must be allowed to wait. */
const WAIT_OUTAGES = 3;

export const POOL_CHECKS: readonly CheckRow[] = [
  {
    code: 'pools_not_pausable',
    applies: APPLIES,
    match: ({ request, cluster, facts }) => {
      if (!wantsPools(request) || facts === null) return null;
      const offer = poolOffer(request, cluster, facts);
      if (offer?.offered === true)
        return passed(say`${joinNames(readyPools(facts.pools ?? []).map(poolName))} can be paused`);
      return blocker(
        say`No pool can be paused around it`,
        offer?.text ?? say`No PgBouncer with a user of admin_users is named for this cluster in the configuration.`,
      );
    },
  },
  {
    code: 'pools_left_out',
    applies: APPLIES,
    match: ({ request, facts }) => {
      const left = wantsPools(request) ? (facts?.pools ?? []).filter(({ obstacle }) => obstacle !== null) : [];
      if (left.length === 0) return null;
      return warning(
        say`Clients of ${joinNames(left.map(poolName))} are not made to wait`,
        say`They meet what they meet without a pause.`,
        { evidence: left.map((pool) => fact(poolName(pool), pool.obstacle ?? '')) },
      );
    },
  },
  {
    code: 'pools_login_retry',
    applies: APPLIES,
    match: ({ request, facts }) => {
      const slow = wantsPools(request)
        ? readyPools(facts?.pools ?? []).filter(
            ({ loginRetrySeconds }) => (loginRetrySeconds ?? 0) > LOGIN_RETRY_SECONDS,
          )
        : [];
      const [first] = slow;
      if (first === undefined) return null;
      return warning(
        say`server_login_retry of ${first.entry} is ${formatSeconds(first.loginRetrySeconds ?? 0)}`,
        say`One sign-in that fails after RESUME costs its clients so much more. Set it to 1.`,
      );
    },
  },
  {
    code: 'pools_wait_limit',
    applies: APPLIES,
    match: ({ request, facts }) => {
      if (!wantsPools(request) || facts === null) return null;
      const seconds = (expectedOutage(request, true, facts.outages)?.maxMs ?? PAUSE_MS) / 1000;
      const short = readyPools(facts.pools ?? []).find(
        ({ waitLimitSeconds }) =>
          waitLimitSeconds !== null && waitLimitSeconds > 0 && waitLimitSeconds < WAIT_OUTAGES * seconds,
      );
      if (short === undefined) return null;
      return warning(
        say`query_wait_timeout of ${short.entry} is ${formatSeconds(short.waitLimitSeconds ?? 0)}`,
        say`Who waits longer is disconnected. A handover here takes up to ${formatSeconds(seconds)}.`,
      );
    },
  },
  {
    code: 'pools_transaction',
    applies: APPLIES,
    match: ({ request, leaderFacts }) => {
      const longest = leaderFacts?.longestTransaction ?? null;
      if (!wantsPools(request) || longest === null || longest.seconds * 1000 < PAUSE_MS) return null;
      return warning(
        say`A transaction has been open for ${formatSeconds(longest.seconds)}: pid ${longest.pid}`,
        say`PAUSE waits for it if it came through PgBouncer. After ${formatSeconds(PAUSE_MS / 1000)} it is taken back, and nothing is done.`,
      );
    },
  },
];
