// Causes that lie in the DCS: without it nobody takes or keeps the leader key.

import { formatSeconds, joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Cluster } from '../cluster';
import { dcsName, healthCommand, worstAlarm } from '../dcs-kind';
import { isRefusal } from '../dcs-state';
import type { Cause, Impact } from './cause';
import { type CauseContext, type CauseMatch, type CauseRow, named, PATRONI_LOG, tell, toll } from './row';

const FOLLOWS = {
  codes: [
    'dcs_unreachable',
    'dcs_no_quorum',
    'dcs_endpoint_down',
    'dcs_alarm',
    'failsafe_active',
    'no_leader',
    'leader_key_without_primary',
    'replica_not_streaming',
    'no_failover_candidate',
  ],
  members: null,
} as const;

function primaryFacts({ primaries, cluster }: CauseContext): Cause['evidence'] {
  return [
    {
      label: say`primary`,
      text:
        primaries.length === 0
          ? say`no member says primary`
          : say`${joinNames(primaries.map(({ name }) => name))} still answers as one`,
    },
    {
      label: 'failsafe_mode',
      text:
        cluster.failsafe.enabled === null
          ? say`unknown`
          : cluster.failsafe.active
            ? say`on, active`
            : cluster.failsafe.enabled
              ? 'on'
              : 'off',
    },
  ];
}

const silent = (cluster: Cluster): readonly string[] =>
  (cluster.dcs?.endpoints ?? [])
    .filter(({ state }) => state === 'down' || state === 'unknown')
    .map(({ name, url }) => name ?? url);

/** Those that the finding is about. */
const weak = (cluster: Cluster): readonly string[] =>
  (cluster.dcs?.endpoints ?? [])
    .filter(({ state }) => state === 'down' || state === 'no_quorum')
    .map(({ name, url }) => name ?? url);

/** Of all its members: who answers and who does not. */
function healthOf({ dcs }: Cluster): string | null {
  return dcs === null ? null : healthCommand(dcs.kind, dcs.endpoints.map(({ url }) => url).slice(0, 5));
}

/** What the primary does without the DCS. */
interface Fate {
  readonly impact: Impact;
  readonly now: Text;
  readonly later: Text;
}

function fate({ cluster, primaries }: CauseContext): Fate {
  const ttl = cluster.config?.ttlSeconds ?? 30;
  const [primary] = primaries;
  if (primary === undefined && cluster.writable !== false && cluster.standbyCluster === null)
    return {
      impact: 'unknown',
      now: say`Whether anybody takes writes is not known: no member answers as a primary.`,
      later: say`Without the DCS a primary demotes itself within the ttl, unless failsafe_mode or a pause holds it.`,
    };
  if (primary === undefined)
    return {
      impact: cluster.standbyCluster === null ? 'not_writable' : 'no_failover',
      now: say`Nothing accepts writes, and nobody can take the leader key.`,
      later: say`It stays so until the DCS is back; Patroni then elects by itself.`,
    };
  if (cluster.paused === true)
    return {
      impact: 'no_failover',
      now: say`${primary.name} goes on while paused. No failover is possible.`,
      later: say`It stays so until the DCS is back.`,
    };
  const deaf = cluster.members.filter(
    ({ name, listed, witnesses }) => listed && name !== primary.name && witnesses.patroni.state === 'failed',
  );
  if ((cluster.failsafe.active || cluster.failsafe.enabled === true) && deaf.length > 0)
    return {
      impact: 'will_stop',
      now: say`${primary.name} goes on by failsafe_mode only while every member answers it. ${named(deaf.map(({ name }) => name))} does not answer here.`,
      later: say`If ${primary.name} gets no answer either it demotes itself, and writes stop.`,
    };
  if (cluster.failsafe.active || cluster.failsafe.enabled === true)
    return {
      impact: 'no_failover',
      now: say`${primary.name} goes on by failsafe_mode as long as it reaches every member. No failover is possible.`,
      later: say`If ${primary.name} loses one member it demotes itself, and writes stop.`,
    };
  return {
    impact: 'will_stop',
    now: say`${primary.name} still takes writes. No failover is possible.`,
    later: say`${primary.name} demotes itself within ${ttl} s of the loss, and writes stop.`,
  };
}

const alarmsOf = ({ dcs }: Cluster): readonly string[] => (dcs?.endpoints ?? []).flatMap(({ alarms }) => alarms);

/** An alarm that stops no write. */
const HARMLESS: Fate = {
  impact: 'data_at_risk',
  now: say`Nothing is lost yet; what the DCS says may be wrong.`,
  later: say`It stays so until a person acts.`,
};

export const DCS_ROWS: readonly CauseRow[] = [
  {
    code: 'dcs_no_quorum',
    meaning: 'Members of the DCS answer, but without a quorum: nothing can be written, so no key can be held.',
    match: (context) => {
      const [finding] = context.find('dcs_no_quorum');
      if (finding === undefined) return null;
      const { impact, now, later } = fate(context);
      const gone = silent(context.cluster);
      return {
        severity: 'critical',
        impact,
        headline: say`The DCS has no quorum: no leader can be elected`,
        consequence: now,
        evidence: [...finding.evidence, ...primaryFacts(context)],
        ifNobodyActs: later,
        explains: [FOLLOWS],
        steps: [
          tell(
            gone.length === 0
              ? say`Bring the missing members of the DCS back`
              : say`Bring ${joinNames(gone)} of the DCS back`,
            healthOf(context.cluster),
            [say`Patroni goes on by itself as soon as the quorum is there.`],
          ),
          tell(say`Restart no Patroni and no PostgreSQL meanwhile: without the DCS none comes back as a primary`),
        ],
      };
    },
  },
  {
    code: 'dcs_refuses_writes',
    meaning: 'The DCS answers and refuses every write: its space is used up, or its data are damaged.',
    match: (context) => {
      const [finding] = context.find('dcs_alarm');
      if (finding === undefined) return null;
      const { dcs } = context.cluster;
      const stops = dcs !== null && worstAlarm(dcs.kind, alarmsOf(context.cluster))?.stopsWrites === true;
      const { impact, now, later } = stops ? fate(context) : HARMLESS;
      const isFull = (context.cluster.dcs?.endpoints ?? []).some(({ alarms }) => alarms.includes('NOSPACE'));
      return {
        severity: finding.severity,
        impact,
        headline: isFull ? say`The DCS is full and refuses every write` : say`The DCS has found damage in its data`,
        consequence: now,
        evidence: [...finding.evidence, ...primaryFacts(context)],
        ifNobodyActs: later,
        explains: [FOLLOWS],
        steps: [tell(finding.advice)],
      };
    },
  },
  {
    code: 'dcs_unreachable',
    meaning: 'Howdah cannot read the DCS: for everybody, or only from here.',
    match: (context) => {
      const [finding] = context.find('dcs_unreachable');
      const { cluster, primaries, now: moment } = context;
      const { dcs } = cluster;
      if (finding === undefined || dcs === null) return null;
      if (dcs.errorKind != null && isRefusal({ kind: dcs.errorKind })) {
        return {
          severity: 'unknown',
          impact: primaries.length === 0 && cluster.writable === false ? 'not_writable' : 'unknown',
          headline: say`The DCS does not let Howdah in: ${dcs.error ?? say`unknown`}`,
          consequence:
            primaries.length === 0
              ? say`Who leads is not known here, and no member answers as a primary.`
              : say`${joinNames(primaries.map(({ name }) => name))} still answers as a primary. Who leads is not known here.`,
          evidence: [...finding.evidence.slice(0, 3), ...primaryFacts(context)],
          ifNobodyActs: say`Nothing changes in the cluster, unless its members are refused too.`,
          explains: [FOLLOWS],
          since: dcs.currentAt,
          steps: [
            tell(finding.advice, null, [say`Changes nothing in the cluster.`]),
            tell(say`See in Patroni's log of the primary whether it is refused too`, PATRONI_LOG),
          ],
        };
      }
      const ttl = cluster.config?.ttlSeconds ?? 30;
      const age = dcs.currentAt === null ? null : (moment - dcs.currentAt) / 1000;
      // A primary that outlived the ttl, neither paused nor held by failsafe, has renewed its key: the DCS is there.
      const onlyHere =
        age !== null &&
        age > 2 * ttl &&
        primaries.length === 1 &&
        primaries[0]?.witnesses.patroni.state === 'fresh' &&
        cluster.paused === false &&
        !cluster.failsafe.active;
      const { impact, now, later } = fate(context);
      // Where nobody answers at all nothing is known, not even that nobody takes writes.
      const isDown = impact === 'not_writable' && cluster.writable === false;
      return {
        severity: isDown ? 'critical' : 'unknown',
        impact: onlyHere || (impact === 'not_writable' && !isDown) ? 'unknown' : impact,
        headline: onlyHere
          ? say`Howdah alone does not reach the DCS`
          : age === null
            ? say`The DCS has never answered`
            : say`The DCS has not answered for ${formatSeconds(age)}`,
        consequence: onlyHere
          ? say`${joinNames(primaries.map(({ name }) => name))} has kept its key for longer than the ttl: the cluster reaches the DCS.`
          : now,
        evidence: [
          ...finding.evidence.filter(({ label }) => label !== 'failsafe_mode' && label !== 'Patroni').slice(0, 3),
          ...primaryFacts(context),
        ],
        ifNobodyActs: onlyHere ? say`Nothing changes in the cluster; who leads is not known here.` : later,
        explains: [FOLLOWS],
        since: dcs.currentAt,
        steps: [
          tell(
            onlyHere ? say`Check the network between Howdah and the DCS` : say`Bring the DCS back`,
            healthOf(cluster),
            onlyHere ? [] : [say`Patroni goes on by itself as soon as it answers.`],
          ),
          ...(onlyHere
            ? []
            : [
                tell(say`Restart no Patroni and no PostgreSQL meanwhile: without the DCS none comes back as a primary`),
              ]),
        ],
      };
    },
  },
  {
    code: 'dcs_member_down',
    meaning: 'A member of the DCS does not answer while the others keep the quorum.',
    match: (context) => {
      const [finding] = context.find('dcs_endpoint_down');
      if (finding === undefined) return null;
      return {
        severity: finding.severity,
        impact: 'degraded',
        headline: finding.title,
        consequence: say`Nothing is lost yet: the quorum holds.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays so; the next loss may end the quorum.`,
        explains: [{ codes: ['dcs_endpoint_down'], members: null }],
        steps: [
          tell(say`Bring ${joinNames(weak(context.cluster))} of the DCS back`, healthOf(context.cluster), [
            finding.advice,
          ]),
        ],
      };
    },
  },
];

/** Before the rows of a leader that is gone: it says why. */
export const DCS_NOT_SEEN: CauseRow = {
  code: 'dcs_not_seen',
  meaning: 'The DCS is there, and Patroni of one or more members does not reach it, or its loop hangs.',
  match: (context) => {
    const { cluster } = context;
    const [finding] = context.find('dcs_not_seen');
    if (finding === undefined) return null;
    const names = finding.members;
    const listed = cluster.members.filter((member) => member.listed && !member.silent);
    const nobody = listed.every(({ name }) => names.includes(name)) && cluster.writable === false;
    const holder = finding.severity === 'critical' ? context.leader : null;
    // Without a leader, whoever reaches the DCS is asked for the nearer reason.
    if (!nobody && holder === null && (cluster.leader?.known !== true || cluster.writable === false)) return null;
    const words: Pick<CauseMatch, 'impact' | 'consequence'> = nobody
      ? {
          impact: 'not_writable',
          consequence: say`Writes fail: nobody can take the leader key, and a failover goes the same way.`,
        }
      : holder !== null
        ? {
            impact: 'will_stop',
            consequence: say`Writes go on, and nobody renews the leader key: when it expires another member is elected while ${holder.name} still runs as a primary.`,
          }
        : toll(context, names);
    return {
      severity: nobody ? 'critical' : finding.severity,
      ...words,
      headline: finding.title,
      evidence: finding.evidence,
      ifNobodyActs: nobody
        ? say`It stays so until the members reach the DCS; Patroni then elects by itself.`
        : holder !== null
          ? say`A Patroni whose loop runs demotes ${holder.name}; one whose loop hangs leaves two primaries.`
          : say`It stays so: it cannot take the leader key, and its key goes with its lease.`,
      explains: [
        { codes: ['dcs_not_seen', 'no_failover_candidate'], members: null },
        ...(nobody ? [{ codes: ['no_leader', 'replica_not_streaming'] as const, members: null }] : []),
      ],
      steps: [
        tell(say`See from ${named(names)} whether the DCS answers`, healthOf(cluster), [say`Changes nothing.`]),
        tell(say`Read Patroni's log there: an error of the DCS, or a loop that hangs`, PATRONI_LOG, [
          say`Do not stop Patroni: that stops PostgreSQL.`,
        ]),
      ],
    };
  },
};

/** Before the rows of a leader that is gone: it says why. */
export const DCS_SLOW: CauseRow = {
  code: 'dcs_slow',
  meaning:
    'The disk of the DCS is slow: writes of keys wait for it, and Patroni gives its leader key up though PostgreSQL is well.',
  match: ({ cluster, find }) => {
    const [finding] = find('dcs_slow_disk');
    if (finding === undefined || cluster.dcs === null) return null;
    // Where somebody is silent, or something else is wrong with the DCS, that is the nearer reason.
    const isWhole = cluster.members.every(({ silent, listed }) => !silent || !listed) && cluster.dcs.quorum !== false;
    const isLost = cluster.leader === null && cluster.writable === false && cluster.paused !== true;
    if (isLost && !isWhole) return null;
    const name = dcsName(cluster.dcs.kind);
    return {
      severity: isLost ? 'critical' : finding.severity,
      impact: isLost ? 'not_writable' : 'degraded',
      headline: isLost
        ? say`Nobody leads, probably because the disk of ${name} is slow`
        : say`The disk of ${name} is slow: Patroni may give the leader key up`,
      consequence: isLost
        ? say`Nothing accepts writes although every member answers.`
        : say`Nothing is lost yet: the leader key is held.`,
      evidence: finding.evidence,
      ifNobodyActs: say`It comes back with each wait that is longer than retry_timeout.`,
      explains: [
        {
          codes: ['dcs_slow_disk', 'no_leader', 'leader_key_without_primary', 'replica_not_streaming'],
          members: null,
        },
      ],
      steps: [tell(finding.advice)],
    };
  },
};
