// What the rules find on one cluster now, and what could not be seen: an alert about something that nobody can look at neither
// begins nor ends. Pure; runs in the collector's thread, once per snapshot.

import { formatBytes, formatSeconds } from '../../language/quantity';
import { joined, say, type Text } from '../../language/sentence';
import type { Finding, FindingCode, Member, Snapshot } from '../cluster';
import { isQuiet } from '../findings/quiet';
import { keyFinding } from '../findings/rule';
import { awayOnPurpose } from '../maintenance-note';
import type { AlertSeverity } from '../severity';
import { bySeverity, type Severity } from '../severity';
import type { AlertRule, Condition, Measure } from './alert';
import { isAbout } from './rules';

export interface Unseen {
  readonly members: readonly string[];
  readonly dcs: boolean;
  readonly readiness: boolean;
  /** Numbers that are not known, `measure:member`: null is not "below the limit". */
  readonly numbers: readonly string[];
}

/** Of something that can always be seen. */
export const NOTHING_UNSEEN: Unseen = { members: [], dcs: false, readiness: false, numbers: [] };

export interface ConditionReport {
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly observedAt: number;
  /** The next look at it is due after this long. */
  readonly intervalMs: number;
  readonly conditions: readonly Condition[];
  /** Of whom and of what nothing is known now. */
  readonly unseen: Unseen;
  /** Leadership is on its way to another member, or Howdah acts: what appears now may be gone in a moment. */
  readonly changing: boolean;
  /** The collector does not know the cluster any more. */
  readonly gone: boolean;
}

/** Whose work changes leadership: the same span in which the findings wait for things to settle. */
const SETTLE_MS = 5000;

/** `acting`: an action of Howdah runs on it. */
export function reportOf(rules: readonly AlertRule[], snapshot: Snapshot, acting: boolean): ConditionReport {
  const { cluster } = snapshot;
  return {
    scope: snapshot.scope,
    labels: snapshot.labels,
    observedAt: snapshot.observedAt,
    intervalMs: snapshot.intervalMs,
    conditions: conditionsOf(rules, snapshot),
    unseen: {
      members: cluster.members.filter((member) => member.silent).map((member) => member.name),
      dcs: cluster.dcs === null ? cluster.members.every((member) => member.silent) : cluster.dcs.state !== 'fresh',
      readiness: snapshot.readiness.failoverPossible === null,
      numbers: numbersUnknown(snapshot),
    },
    changing: acting || isChanging(snapshot),
    gone: false,
  };
}

function numbersUnknown(snapshot: Snapshot): readonly string[] {
  return Object.entries(MEASURES).flatMap(([measure, { unknown }]) =>
    unknown(snapshot).map((member) => `${measure}:${member ?? ''}`),
  );
}

function isChanging({ cluster, findings, observedAt }: Snapshot): boolean {
  if (cluster.pendingSwitchover !== null) return true;
  const leaderless = findings.find(({ code }) => code === 'no_leader');
  // Once the ttl has passed the election is overdue, and that is news.
  if (leaderless !== undefined) return leaderless.severity !== 'critical';
  const since = cluster.leader?.since ?? null;
  const loopWaitMs = (cluster.config?.loopWaitSeconds ?? 10) * 1000;
  // The key comes first, the new timeline and its row in /history seconds later.
  return since !== null && observedAt - since < 2 * loopWaitMs + SETTLE_MS;
}

export function conditionsOf(rules: readonly AlertRule[], snapshot: Snapshot): readonly Condition[] {
  const taken = new Set<string>();
  return rules
    .filter((rule) => isAbout(rule, snapshot.scope, snapshot.labels))
    .flatMap((rule) => foundBy(rule, snapshot, taken))
    .filter((condition) => !isOfAway(condition, snapshot));
}

/** A finding is judged by what it says; a number of a member that is away is one of the same. */
function isOfAway({ code, key, member }: Condition, { cluster, observedAt }: Snapshot): boolean {
  if (code !== null) return isQuiet({ code, members: key.split(':')[1]?.split(',') ?? [] }, cluster, observedAt);
  return member !== null && awayOnPurpose(cluster, observedAt)?.name === member;
}

function foundBy(rule: AlertRule, snapshot: Snapshot, taken: Set<string>): readonly Condition[] {
  switch (rule.test.kind) {
    case 'finding':
      return byFindings(rule, rule.test.codes, rule.test.atLeast, snapshot, taken);
    case 'above':
      return byMeasure(rule, rule.test.measure, rule.test.limit, snapshot);
    case 'no_failover_possible':
      return byReadiness(rule, snapshot);
    case 'dcs':
      return [];
  }
}

function byFindings(
  rule: AlertRule,
  codes: readonly FindingCode[],
  atLeast: Severity | null,
  snapshot: Snapshot,
  taken: Set<string>,
): Condition[] {
  const found = snapshot.findings.filter(
    (finding) =>
      (codes.length === 0 || codes.includes(finding.code)) && bySeverity(finding.severity, atLeast ?? 'note') <= 0,
  );
  return found.flatMap((finding) => {
    const key = keyFinding(finding);
    if (taken.has(key)) return [];
    taken.add(key);
    return {
      rule: rule.name,
      scope: snapshot.scope,
      key,
      member: finding.members[0] ?? null,
      code: finding.code,
      severity: rule.severity ?? severityOf(finding),
      title: finding.title,
      evidence: finding.evidence.map(({ label, text }) => say`${label}: ${text}`),
      advice: finding.advice,
      since: finding.since,
      cause: causeOf(snapshot, finding),
    };
  });
}

function causeOf({ cause }: Snapshot, finding: Finding | undefined): Text | null {
  return finding !== undefined && cause?.explains.includes(keyFinding(finding)) ? cause.headline : null;
}

/** Receivers know three. Not to be able to see is worth a warning. */
function severityOf({ severity }: Finding): AlertSeverity {
  return severity === 'unknown' ? 'warning' : severity;
}

interface Reading {
  readonly member: string | null;
  readonly value: number;
  readonly since: number | null;
  readonly evidence: readonly Text[];
}

function byMeasure(rule: AlertRule, measure: Measure, limit: number, snapshot: Snapshot): Condition[] {
  const { words, advice, format, read } = MEASURES[measure];
  const titleOf = (value: number): Text => words(format(value), format(limit));
  return read(snapshot)
    .filter(({ value }) => value > limit)
    .map(({ member, value, since, evidence }) => ({
      rule: rule.name,
      scope: snapshot.scope,
      key: `${measure}:${member ?? ''}`,
      member,
      code: null,
      severity: rule.severity ?? 'warning',
      title: member === null ? titleOf(value) : say`${member}: ${titleOf(value)}`,
      evidence,
      advice,
      cause: null,
      since: since ?? snapshot.observedAt,
    }));
}

interface MeasureOf {
  /** What is, with the number and its limit. */
  readonly words: (value: Text, limit: Text) => Text;
  readonly advice: Text;
  readonly format: (value: number) => Text;
  readonly read: (snapshot: Snapshot) => readonly Reading[];
  /** Whose number is not known; null: the cluster's. Not those who have none: a leader has no lag. */
  readonly unknown: (snapshot: Snapshot) => readonly (string | null)[];
}

/** Of members that are there and answer; a number that is not known is not there. */
function ofMembers(value: (member: Member) => number | null, source: Text): MeasureOf['read'] {
  return ({ cluster }) =>
    cluster.members.flatMap((member) => {
      const number = member.silent || !member.listed ? null : value(member);
      return number === null ? [] : [{ member: member.name, value: number, since: null, evidence: [source] }];
    });
}

/** While nobody reads the leader's position, or the standby's, its lag is not known. */
function lagUnknown(value: (member: Member) => number | null): MeasureOf['unknown'] {
  return ({ cluster }) =>
    cluster.members
      .filter((member) => member.silent || (member.listed && member.replication.kind !== 'leader'))
      .filter((member) => member.silent || value(member) === null)
      .map(({ name }) => name);
}

const LAG_ADVICE = say`Look at what holds this standby back: its disk, a long query that replay waits for, or the network.`;

const MEASURES: Readonly<Record<Measure, MeasureOf>> = {
  replay_lag_bytes: {
    words: (value, limit) => say`replay is behind the leader by ${value}, limit ${limit}`,
    advice: LAG_ADVICE,
    format: formatBytes,
    read: ofMembers((member) => member.lag.replayBytes, say`leader position minus replayed position, both read live`),
    unknown: lagUnknown(({ lag }) => lag.replayBytes),
  },
  receive_lag_bytes: {
    words: (value, limit) => say`received WAL is behind the leader by ${value}, limit ${limit}`,
    advice: LAG_ADVICE,
    format: formatBytes,
    read: ofMembers((member) => member.lag.receiveBytes, say`leader position minus received position, both read live`),
    unknown: lagUnknown(({ lag }) => lag.receiveBytes),
  },
  replay_lag_seconds: {
    words: (value, limit) => say`replay is behind by ${value}, limit ${limit}`,
    advice: LAG_ADVICE,
    format: formatSeconds,
    read: ofMembers((member) => member.lag.replaySeconds, say`replay_lag of pg_stat_replication at its upstream`),
    // Caught up, with nothing to time, is known.
    unknown: lagUnknown(({ lag }) => (lag.idle ? 0 : lag.replaySeconds)),
  },
  paused_seconds: {
    words: (value, limit) => say`Paused for ${value}, limit ${limit}`,
    advice: say`Resume when the maintenance is over: \`patronictl resume\`.`,
    format: formatSeconds,
    read: ({ cluster, findings, observedAt }) => {
      const since = cluster.paused === true ? findings.find(({ code }) => code === 'paused')?.since : undefined;
      if (since === undefined) return [];
      const note = cluster.pauseNote;
      const told = note === null ? [] : [say`${note.owner}: ${note.reason}`];
      const evidence = [say`config: pause is true, there is no automatic failover`, ...told];
      return [{ member: null, value: (observedAt - since) / 1000, since, evidence }];
    },
    unknown: ({ cluster }) => (cluster.paused === null ? [null] : []),
  },
  pending_restart_seconds: {
    words: (value, limit) => say`a restart has been pending for ${value}, limit ${limit}`,
    advice: say`Restart the member in a quiet hour: until then its settings are not the ones that are configured.`,
    format: formatSeconds,
    read: ({ cluster, observedAt }) =>
      cluster.members.flatMap((member) => {
        const since = member.pendingRestart?.since ?? null;
        if (since === null || member.pendingRestart === null) return [];
        const evidence = member.pendingRestart.parameters.map(
          ({ name, from, to }) => say`${name}: ${from ?? say`unknown`} now, ${to ?? say`unknown`} after the restart`,
        );
        return [{ member: member.name, value: (observedAt - since) / 1000, since, evidence }];
      }),
    unknown: ({ cluster }) =>
      cluster.members
        .filter(({ silent, pendingRestart }) => silent || (pendingRestart !== null && pendingRestart.since === null))
        .map(({ name }) => name),
  },
  observation_age_seconds: {
    words: (value, limit) => say`not seen for ${value}, limit ${limit}`,
    advice: say`See whether the host is up, then its Patroni and PostgreSQL, then the network between it and Howdah.`,
    format: formatSeconds,
    read: ({ cluster, observedAt }) =>
      cluster.members.flatMap((member) => {
        if (!member.listed || member.observedAt === null) return [];
        const { patroni, sql } = member.witnesses;
        const evidence = [
          say`Patroni: ${patroni.error ?? patroni.state ?? say`not asked`}`,
          say`PostgreSQL: ${sql.error ?? sql.state ?? say`not asked`}`,
        ];
        const value = (observedAt - member.observedAt) / 1000;
        return [{ member: member.name, value, since: member.observedAt, evidence }];
      }),
    // After a restart of Howdah: it was not seen before, and is not seen now.
    unknown: ({ cluster }) =>
      cluster.members.filter(({ listed, observedAt }) => listed && observedAt === null).map(({ name }) => name),
  },
};

/** A pause is another rule's matter, and a cluster of one was built so. */
function byReadiness(rule: AlertRule, snapshot: Snapshot): Condition[] {
  const { cluster, readiness } = snapshot;
  if (readiness.failoverPossible !== false || cluster.paused === true || cluster.members.length < 2) return [];
  const finding = snapshot.findings.find(({ code }) => code === 'no_failover_candidate');
  const refused = readiness.candidates.map(
    ({ member, reasons }) =>
      say`${member}: ${
        reasons.length === 0
          ? say`may be elected`
          : joined(
              reasons.map(({ text }) => text),
              '; ',
            )
      }`,
  );
  return [
    {
      rule: rule.name,
      scope: snapshot.scope,
      key: 'readiness',
      member: null,
      code: null,
      severity: rule.severity ?? 'warning',
      title: say`No automatic failover: ${readiness.reasons[0] ?? say`no member may take over`}`,
      evidence: refused,
      advice: finding?.advice ?? say`Repair one standby before anything else is done to this cluster.`,
      cause: causeOf(snapshot, finding),
      since: finding?.since ?? snapshot.observedAt,
    },
  ];
}

/** These say themselves that something cannot be seen, or need nobody who can be silent: gone is gone. */
const OF_NOBODY: ReadonlySet<FindingCode> = new Set([
  'member_unreachable',
  'observation_stale',
  'stale_member_key',
  'lag_unknown',
  'dcs_unreachable',
  'dcs_no_quorum',
  'dcs_endpoint_down',
]);
/** Read in the DCS, or judged with it. */
const OF_DCS: ReadonlySet<FindingCode> = new Set([
  'no_leader',
  'leader_key_without_primary',
  'primary_without_leader_key',
  'sync_standby_missing',
  'paused',
  'no_failover_candidate',
  'dcs_alarm',
  'dcs_too_much',
  'dcs_session_limit',
  'dcs_not_seen',
  'dcs_slow_disk',
  'dcs_size',
  'dcs_certificate',
  'dcs_unstarted',
  'dcs_one_host',
  'dcs_rival',
  'keys_gone',
  'member_lost',
  'leftover_keys',
  'scheduled_switchover',
]);

/**
 * Could nobody have seen it, were it still so? Then its absence says nothing. A cluster none of whose members answers shows
 * nothing but that.
 */
export function isUnseen(
  about: Pick<Condition, 'code' | 'key' | 'member'>,
  { unseen, gone }: Pick<ConditionReport, 'unseen' | 'gone'>,
  test: AlertRule['test'] | null,
): boolean {
  if (gone) return false;
  if (about.code !== null) {
    if (OF_NOBODY.has(about.code)) return false;
    if (OF_DCS.has(about.code) && unseen.dcs) return true;
    const members = about.key.split(':')[1]?.split(',') ?? [];
    if (about.code === 'lag_high' && members.some((name) => unseen.numbers.includes(`replay_lag_bytes:${name}`))) {
      return true;
    }
    return members.some((name) => unseen.members.includes(name));
  }
  if (test?.kind === 'no_failover_possible') return unseen.dcs || unseen.readiness;
  if (unseen.numbers.includes(about.key)) return true;
  if (test?.kind === 'above' && test.measure === 'paused_seconds') return unseen.dcs;
  if (test?.kind === 'above' && test.measure === 'observation_age_seconds') return false;
  return about.member !== null && unseen.members.includes(about.member);
}
