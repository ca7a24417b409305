// Events: what changed between two snapshots of one cluster, in words. Pure; the shell numbers and keeps them.

import { formatInstant, formatSeconds } from '../language/quantity';
import { isSameText, isSentence, joined, nested, Sentence, say, type Text } from '../language/sentence';
import type { Cluster, Finding, FindingCode, Member } from './cluster';
import { diffConfig, type LeafChange, leafName, leafText } from './config/diff';
import { doorName } from './entries/words';
import { keyFinding } from './findings/rule';
import type { Severity } from './severity';

export const EVENT_KINDS = [
  'leader_changed',
  'leader_lost',
  'timeline_changed',
  'role_changed',
  'state_changed',
  'member_joined',
  'member_left',
  'member_moved',
  'member_silent',
  'member_answers',
  'paused',
  'resumed',
  'config_changed',
  'finding_raised',
  'finding_cleared',
  'replay_paused',
  'replay_resumed',
  'switchover_scheduled',
  'switchover_cancelled',
  'entry_moved',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that changed between two snapshots of one cluster. */
export interface ClusterEvent {
  /** Unique within the scope for ever: the same event told twice has the same. */
  readonly id: string;
  /** When it was seen, or when Patroni's /history says it was. */
  readonly at: number;
  /** `seen`: while Howdah watched. `gap`: between `notBefore` and `at`, while it did not. `history`: told by Patroni's /history. */
  readonly by: 'seen' | 'gap' | 'history';
  /** null, except for `gap`. */
  readonly notBefore: number | null;
  readonly kind: EventKind;
  readonly severity: Severity | null;
  readonly member: string | null;
  /** Of finding_raised and finding_cleared: which. Else null. */
  readonly code: FindingCode | null;
  /** Of finding_raised and finding_cleared: all its members; else the one it is about, or nobody. */
  readonly members: readonly string[];
  /** One sentence, with from and to. */
  readonly text: Text;
}

export type Change = Omit<ClusterEvent, 'id' | 'at' | 'by' | 'notBefore'>;

interface Moment {
  readonly cluster: Cluster;
  readonly findings: readonly Finding[];
}

/** null before: the first snapshot changes nothing, it only is. */
export function diff(before: Moment | null, after: Moment): readonly Change[] {
  if (before === null) return [];
  return [
    ...leaderChanges(before.cluster, after.cluster),
    ...clusterChanges(before.cluster, after.cluster),
    ...memberChanges(before.cluster, after.cluster),
    ...entryChanges(before.cluster, after.cluster),
    ...findingChanges(before.findings, after.findings),
  ];
}

function change(kind: EventKind, text: Text, member: string | null = null, severity: Severity | null = null): Change {
  return { kind, text, member, severity, code: null, members: member === null ? [] : [member] };
}

function findingChange(kind: 'finding_raised' | 'finding_cleared', finding: Finding): Change {
  const { code, members, severity, title } = finding;
  const raised = kind === 'finding_raised';
  const text = raised ? title : say`over: ${title}`;
  return { kind, text, member: members[0] ?? null, severity: raised ? severity : null, code, members };
}

function leaderChanges(before: Cluster, after: Cluster): Change[] {
  const changes: Change[] = [];
  const was = before.leader?.name ?? null;
  const is = after.leader?.name ?? null;
  if (was !== is && is !== null)
    changes.push(change('leader_changed', was === null ? say`${is} leads` : say`${is} leads, after ${was}`, is));
  if (was !== null && is === null)
    changes.push(change('leader_lost', say`${was} lost the leader key, nobody holds it`, was));
  if (before.timeline !== null && after.timeline !== null && before.timeline !== after.timeline) {
    changes.push(change('timeline_changed', say`timeline ${before.timeline} to ${after.timeline}`, is));
  }
  return changes;
}

function clusterChanges(before: Cluster, after: Cluster): Change[] {
  const changes: Change[] = [];
  if (before.paused === false && after.paused === true)
    changes.push(change('paused', say`paused: no automatic failover`));
  if (before.paused === true && after.paused === false) changes.push(change('resumed', say`resumed`));
  const configs = [before.config, after.config];
  if (configs[0]?.revision && configs[1]?.revision && configs[0].revision !== configs[1].revision) {
    const changed = diffConfig(configs[0].value, configs[1].value).filter(({ path }) => path[0] !== 'pause');
    if (changed.length > 0)
      changes.push(change('config_changed', say`dynamic configuration changed: ${leavesSaid(changed)}`));
  }
  const plan = (cluster: Cluster): string | null => cluster.scheduledSwitchover?.at ?? null;
  if (plan(before) !== plan(after)) {
    const at = plan(after);
    changes.push(
      at === null
        ? change('switchover_cancelled', say`no switchover is scheduled now`)
        : change('switchover_scheduled', say`switchover scheduled for ${formatInstant(at)}`),
    );
  }
  return changes;
}

/** Told to receivers and kept: what may hold a password is named without its value. */
const PRIVATE = /pass|secret|conninfo|command|key$/i;
const LEAVES_SHOWN = 6;
const VALUE_MAX = 60;

function leavesSaid(changed: readonly LeafChange[]): Text {
  const shown = changed.slice(0, LEAVES_SHOWN).map(leafSaid);
  const more = changed.length - shown.length;
  return more === 0 ? joined(shown, ', ') : say`${joined(shown, ', ')} and ${more} more`;
}

function leafSaid({ path, before, after }: LeafChange): Text {
  const name = leafName(path);
  const [from, to] = [leafText(before), leafText(after)];
  const isLong = String(from).length > VALUE_MAX || String(to).length > VALUE_MAX;
  // Two lists of as many lines, or a long value: what is new in it is for the page of the configuration.
  if (isLong || PRIVATE.test(name) || isSameText(from, to)) return say`${name} changed`;
  if (before === undefined) return say`${name} set to ${to}`;
  if (after === undefined) return say`${name} removed, was ${from}`;
  return say`${name}: ${from} to ${to}`;
}

function memberChanges(before: Cluster, after: Cluster): Change[] {
  const known = new Map(before.members.map((member) => [member.name, member]));
  const changes = after.members.flatMap((member): Change[] => {
    const was = known.get(member.name);
    if (was === undefined) return [change('member_joined', say`${member.name} joined the member list`, member.name)];
    return oneMember(was, member);
  });
  const present = new Set(after.members.map((member) => member.name));
  const left = before.members.filter((member) => !present.has(member.name) && member.listed);
  return [
    ...changes,
    ...left.map((member) => change('member_left', say`${member.name} left the member list`, member.name)),
  ];
}

function oneMember(was: Member, is: Member): Change[] {
  const changes: Change[] = [];
  const name = is.name;
  if (was.listed && !is.listed) changes.push(change('member_left', say`${name} left the member list`, name));
  if (!was.listed && is.listed) changes.push(change('member_joined', say`${name} is back in the member list`, name));
  const from = addressesOf(was);
  const to = addressesOf(is);
  // What is missing in the middle of a start is no move.
  if (is.listed && from !== null && to !== null && from !== to)
    changes.push(
      change('member_moved', say`${name} moved from ${from} to ${to}: that is where Howdah signs in now`, name),
    );
  if (!was.silent && is.silent) changes.push(change('member_silent', say`${name} stopped answering`, name));
  // One that was not asked yet was not silent. One that failed to answer was, also where it never answered this process.
  const failed = was.observedAt !== null || was.witnesses.patroni.state === 'failed';
  if (was.silent && !is.silent && failed)
    changes.push(
      change('member_answers', was.observedAt === null ? say`${name} answers` : say`${name} answers again`, name),
    );
  if (was.postgresRole !== is.postgresRole && was.postgresRole !== 'unknown' && is.postgresRole !== 'unknown') {
    changes.push(change('role_changed', say`PostgreSQL on ${name}: ${was.postgresRole} to ${is.postgresRole}`, name));
  }
  if (was.state !== is.state && was.state !== null && is.state !== null && !is.silent && !was.silent) {
    changes.push(change('state_changed', say`${name}: ${was.state} to ${is.state}`, name));
  }
  if (was.replayPaused === false && is.replayPaused === true)
    changes.push(change('replay_paused', say`replay paused on ${name}`, name));
  if (was.replayPaused === true && is.replayPaused === false)
    changes.push(change('replay_resumed', say`replay resumed on ${name}`, name));
  return changes;
}

/** A door leads to another member than when it last led to one alone. */
function entryChanges(before: Cluster, after: Cluster): Change[] {
  const known = new Map(before.entries?.flatMap((entry) => entry.listeners.map((one) => [doorName(entry, one), one])));
  return (after.entries ?? []).flatMap((entry) =>
    entry.listeners.flatMap((listener): Change[] => {
      const name = doorName(entry, listener);
      const was = known.get(name)?.led?.member;
      const led = listener.led;
      // Replicas change places behind theirs; one that flaps is a finding.
      if (led === null || was === undefined || was === led.member) return [];
      if (listener.purpose === 'replicas' || listener.verdict === 'several') return [];
      const since = after.leader?.name === led.member ? (after.leader.since ?? null) : null;
      const seconds = since === null ? null : (led.since - since) / 1000;
      const text =
        seconds !== null && seconds > 0 && seconds < FOLLOWS_SECONDS
          ? say`${name} moved from ${was} to ${led.member}, ${formatSeconds(seconds)} after ${led.member} became leader`
          : say`${name} moved from ${was} to ${led.member}`;
      return [change('entry_moved', text, led.member)];
    }),
  );
}

/** A move this long after has another reason. */
const FOLLOWS_SECONDS = 120;

/** Of PostgreSQL and of the REST API; null: not both are known. */
function addressesOf({ host, port, apiUrl }: Member): string | null {
  return host === null || port === null || apiUrl === null ? null : `${host}:${port}, ${apiUrl}`;
}

/** A standby that reconnects is shown at once and told when it lasts. */
function told(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ code, severity }) => code !== 'replica_not_streaming' || severity !== 'note');
}

function findingChanges(before: readonly Finding[], after: readonly Finding[]): Change[] {
  const was = new Map(told(before).map((finding) => [keyFinding(finding), finding]));
  const is = new Map(told(after).map((finding) => [keyFinding(finding), finding]));
  const raised = told(after).filter((finding) => !was.has(keyFinding(finding)));
  const cleared = told(before).filter((finding) => !is.has(keyFinding(finding)));
  return [
    ...raised.map((finding) => findingChange('finding_raised', finding)),
    ...cleared.map((finding) => findingChange('finding_cleared', finding)),
  ];
}

// ---- what an event holds in its places

export interface ChangeParts {
  readonly before: string;
  readonly after: string;
  /** The later timeline of `timeline 4 to 5`; null: not about a timeline. */
  readonly to: number | null;
}

const TIMELINE = 'timeline {0} to {1}';
/** Also as it was worded when earlier events were stored. */
const FROM_TO: readonly string[] = [
  '{0}: {1} to {2}',
  'PostgreSQL on {0}: {1} to {2}',
  'PostgreSQL of {0}: {1} to {2}',
];
const LEADS: readonly string[] = ['{0} leads, after {1}', '{0} leads, before {1}'];

/** `n1: running to stopped`, `timeline 4 to 5`; null: it does not say from and to. */
export function partsOfChange(text: Text): ChangeParts | null {
  if (!isSentence(text)) return partsOfStored(text);
  const [form, ...args] = text.carried;
  const [before, after] = (form === TIMELINE ? args : args.slice(1)).map(String);
  if (before === undefined || after === undefined || (form !== TIMELINE && !FROM_TO.includes(form))) return null;
  return { before, after, to: form === TIMELINE ? Number(after) : null };
}

/** The same of an event that was stored as English alone. */
function partsOfStored(text: string): ChangeParts | null {
  const timeline = /^timeline (\d+) to (\d+)/.exec(text);
  if (timeline !== null) return { before: timeline[1] ?? '', after: timeline[2] ?? '', to: Number(timeline[2]) };
  const [, before, after] = /^[^:]+: (.+?) to (.+)$/.exec(text) ?? [];
  return before === undefined || after === undefined ? null : { before, after, to: null };
}

/** The title of a finding that an event says is over. */
export function titleOfOver(text: Text): Text {
  const english = String(text).replace(/^over: /, '');
  const title = isSentence(text) && text.carried[0] === 'over: {0}' ? text.carried[1] : undefined;
  return typeof title === 'object' ? new Sentence(english, nested(title)) : english;
}

/** Who led before, of `n2 leads, after n1`; null: it does not say. */
export function formerLeader(text: Text): string | null {
  if (!isSentence(text)) return / leads, (?:after|before) (.+)$/.exec(text)?.[1] ?? null;
  const [form, , before] = text.carried;
  return LEADS.includes(form) && typeof before === 'string' ? before : null;
}
