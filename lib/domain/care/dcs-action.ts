// What an admin can do to a DCS itself, and what forbids it: the same judgement for the page and for the server, which makes it anew on a
// fresh look at every member. Voters are counted by what each says now, never by the list: the DCS itself takes a change that costs its
// quorum where a member has only just frozen. Pure.
import { formatBytes, formatSeconds, joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import { dcsAdmin, dcsName } from '../dcs-kind';
import type { Care, CareMember } from './care';
import { quorumOf } from './margin';

/** `member`: its key. */
export type DcsRequest =
  | { readonly kind: 'add_learner'; readonly name: string; readonly peerUrl: string }
  | { readonly kind: 'promote' | 'remove' | 'move_leader' | 'disarm'; readonly member: string }
  /** One after the other, the leader last. */
  | { readonly kind: 'defragment' }
  | { readonly kind: 'snapshot' };

export interface DcsContext {
  readonly now: number;
  /** Clusters on it where an action runs. */
  readonly busy: readonly string[];
  /** What the tightest Patroni on it bears; null: no cluster is known there. */
  readonly timing: { readonly ttlSeconds: number; readonly loopWaitSeconds: number } | null;
}

export interface DcsJudgement {
  /** The first thing that forbids it; null: it may be done. */
  readonly refused: Text | null;
  /** What it does and costs. */
  readonly words: Text;
  /** Voters and quorum after it; null: it changes none. */
  readonly after: { readonly voters: number; readonly answer: number; readonly quorum: number } | null;
  /** What a person types instead; for a new member, what starts it after it was added. */
  readonly commands: readonly string[];
}

/** A member that failed for less than this may be about to come back, or to be gone: nothing is changed meanwhile. */
const SETTLED_MS = 10_000;
/** A member that is further behind than this is not in step. */
const BEHIND_MAX = 5000;
/** By measurement on a slow disk; what is free costs nothing. */
const DEFRAGMENT_MS_PER_MIB = 20;
const MIB = 1024 * 1024;
const LEARNER_SHARE = 0.9;
const FULL_SHARE = 0.9;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function judgeDcs(request: DcsRequest, care: Care, context: DcsContext): DcsJudgement {
  const admin = dcsAdmin(care.kind);
  const told = (refused: Text | null, words: Text, more: Partial<DcsJudgement> = {}): DcsJudgement => ({
    ...{ refused, words, after: null, commands: [] },
    ...more,
  });
  if (admin === null) return told(say`Howdah only looks at ${dcsName(care.kind)}`, say`Nothing is changed.`);
  const { members } = care;
  const voters = members.filter(({ votes }) => votes === true);
  const live = voters.filter(isLive);
  const general = generalRefusal(care, context);
  const urls = live.flatMap(({ urls: [first] }) => first ?? []);
  const target = 'member' in request ? members.find(({ key }) => key === request.member) : undefined;
  if ('member' in request && target === undefined) return told(say`it is no member any more`, say`Nothing is changed.`);
  switch (request.kind) {
    case 'add_learner': {
      const { name, peerUrl } = request;
      const learner = members.find(({ votes }) => votes === false);
      const refused =
        (NAME.test(name) ? null : say`its name is no word of letters, digits, dots and hyphens`) ??
        (isPeerUrl(peerUrl) ? null : say`where the other members find it is no http(s)://host:port`) ??
        (members.some((one) => one.name === name) ? say`a member has that name` : null) ??
        (members.some(({ peerUrls }) => peerUrls.includes(peerUrl)) ? say`a member has that address` : null) ??
        (learner === undefined ? null : say`${learner.name} is a learner already, one at a time`) ??
        general ??
        settledRefusal(voters, context.now) ??
        enough(live.length, voters.length);
      return told(
        refused,
        say`It gets no vote: the quorum stays ${quorumOf(voters.length)} of ${voters.length}. Start it with the command below, then promote it.`,
        { commands: [admin.add(urls, name, peerUrl), admin.start(name, peerUrl, members)] },
      );
    }
    case 'promote': {
      const furthest = Math.max(0, ...live.map(({ position }) => position ?? 0));
      const after = { voters: voters.length + 1, answer: live.length + 1, quorum: quorumOf(voters.length + 1) };
      const refused =
        (target?.votes === false ? null : say`it has a vote already`) ??
        general ??
        (target?.answers === true && target.position !== null ? null : say`it does not answer`) ??
        ((target?.position ?? 0) >= furthest * LEARNER_SHARE ? null : say`it has not caught up with the log`) ??
        settledRefusal(voters, context.now) ??
        enough(after.answer, after.voters);
      return told(refused, marginAfter(after), { after, commands: [admin.promote(urls, target?.key ?? '')] });
    }
    case 'remove': {
      const isVoter = target?.votes === true;
      const left = voters.filter((one) => one !== target);
      const answer = left.filter(isLive).length;
      const after = { voters: left.length, answer, quorum: quorumOf(left.length) };
      const refused =
        (target?.key === care.leader ? say`it leads: move the leader first` : null) ??
        (isVoter && left.length === 0 ? say`it is the last voter` : null) ??
        generalRefusal(care, context, target) ??
        settledRefusal(voters, context.now) ??
        enough(answer, left.length);
      return told(
        refused,
        isVoter
          ? say`${marginAfter(after)} Its process ends by itself; its data directory must be emptied before it joins again.`
          : say`It has no vote. Its process ends by itself; its data directory must be emptied before it joins again.`,
        { after: isVoter ? after : null, commands: [admin.remove(urls, target?.key ?? '')] },
      );
    }
    case 'move_leader': {
      const leader = members.find(({ key }) => key === care.leader);
      const refused =
        general ??
        (leader === undefined ? say`nobody is known to lead` : null) ??
        (target === leader ? say`it leads already` : null) ??
        (target?.votes === true ? null : say`it has no vote`) ??
        (target !== undefined && isLive(target) ? null : say`it does not answer`) ??
        ((target?.behind ?? Number.POSITIVE_INFINITY) <= BEHIND_MAX ? null : say`it is behind`) ??
        enough(live.length, voters.length);
      const command = admin.moveLeader(leader?.urls[0] ?? '', target?.key ?? '');
      return told(refused, say`About 0.1 s without a leader; keys stay.`, { commands: [command] });
    }
    case 'disarm': {
      const alarms = target?.alarms ?? [];
      const { sizeBytes, quotaBytes } = target ?? { sizeBytes: null, quotaBytes: null };
      const isFull = sizeBytes !== null && quotaBytes !== null && sizeBytes >= quotaBytes * FULL_SHARE;
      const refused =
        (alarms.length === 0 ? say`it has raised no alarm` : null) ??
        (alarms.includes('CORRUPT') ? say`its data are damaged: restore it from the others first` : null) ??
        (isFull ? say`its quota is still used up: the alarm would come back. Compact and defragment first` : null) ??
        busyRefusal(context);
      return told(refused, say`Writes are taken again.`, { commands: [admin.disarm(urls)] });
    }
    case 'defragment': {
      const order = defragmentOrder(care);
      const seconds = order.map(defragmentSeconds);
      const longest = Math.max(0, ...seconds);
      const refused =
        (members.find(({ alarms }) => alarms.includes('CORRUPT')) === undefined
          ? null
          : say`an alarm of damage is raised`) ??
        busyRefusal(context) ??
        (care.unlisted === null ? null : say`who belongs to it is not known`) ??
        silentRefusal(voters) ??
        longRefusal(live.length, voters.length, longest, context.timing);
      return told(
        refused,
        say`${joinNames(order.map(({ name }) => name))}, one after the other, the leader last. A member that defragments does not answer, for about ${formatSeconds(longest)} at most.`,
        { commands: order.flatMap(({ urls: [url] }) => (url === undefined ? [] : [admin.defragment(url)])) },
      );
    }
    case 'snapshot': {
      const source = snapshotSource(care);
      return told(
        source === null ? say`no member answers` : null,
        source === null
          ? say`Nothing is read.`
          : say`All keys as one file of about ${formatBytes(source.sizeBytes ?? 0)}, from ${source.name}.`,
        { commands: source?.urls[0] === undefined ? [] : [admin.snapshot(source.urls[0])] },
      );
    }
  }
}

/** What it does, in the imperative. */
export function dcsActionTitle(request: DcsRequest, { members }: Pick<Care, 'members'>): Text {
  const name = 'member' in request ? (members.find(({ key }) => key === request.member)?.name ?? request.member) : '';
  switch (request.kind) {
    case 'add_learner':
      return say`Add ${request.name} as a learner`;
    case 'promote':
      return say`Promote ${name} to voter`;
    case 'remove':
      return say`Remove ${name}`;
    case 'move_leader':
      return say`Move the leader to ${name}`;
    case 'disarm':
      return say`Disarm the alarm of ${name}`;
    case 'defragment':
      return say`Defragment one by one`;
    case 'snapshot':
      return say`Take a snapshot`;
  }
}

/** All that could be asked for of it, but for a new member, whose name nobody knows yet. */
export function dcsRequests(care: Care): readonly DcsRequest[] {
  if (dcsAdmin(care.kind) === null) return [];
  const of = <K extends 'promote' | 'remove' | 'move_leader' | 'disarm'>(kind: K, members: readonly CareMember[]) =>
    members.map(({ key }) => ({ kind, member: key }));
  const { members, leader } = care;
  return [
    ...of(
      'promote',
      members.filter(({ votes }) => votes === false),
    ),
    ...of(
      'move_leader',
      members.filter(({ votes, key, answers }) => votes === true && key !== leader && answers === true),
    ),
    ...of(
      'remove',
      members.filter(({ key }) => key !== leader),
    ),
    ...of(
      'disarm',
      members.filter(({ alarms }) => alarms.length > 0),
    ),
    { kind: 'defragment' },
    { kind: 'snapshot' },
  ];
}

/** Is what was asked for so now, as its own list and its members say? null: nothing of it can be seen so. */
export function isDcsDone(request: DcsRequest, { members, leader, unlisted }: Care): boolean | null {
  if (unlisted !== null) return null;
  const target = 'member' in request ? members.find(({ key }) => key === request.member) : undefined;
  switch (request.kind) {
    case 'add_learner':
      return members.some(({ peerUrls }) => peerUrls.includes(request.peerUrl));
    case 'promote':
      return target?.votes === true;
    case 'remove':
      return target === undefined;
    case 'move_leader':
      return leader === request.member;
    case 'disarm':
      return target?.answers === true ? target.alarms.length === 0 : null;
    case 'defragment':
    case 'snapshot':
      return null;
  }
}

/** Answers now, and knows a leader. */
function isLive({ answers, role }: CareMember): boolean {
  return answers === true && role !== 'leaderless';
}

/** Of every change of members. `about`: the one that is taken out, which may be what is wrong. */
function generalRefusal(care: Care, context: DcsContext, about?: CareMember): Text | null {
  const { members } = care;
  const unstarted = members.find((one) => one !== about && one.votes === true && !one.started);
  const alarmed = members.find((one) => one.alarms.length > 0);
  const behind = members.find((one) => one !== about && one.votes === true && (one.behind ?? 0) > BEHIND_MAX);
  return (
    (care.unlisted === null ? null : say`who belongs to it is not known`) ??
    (care.leader === null ? say`nobody is known to lead` : null) ??
    (alarmed === undefined ? null : say`${alarmed.name} has raised an alarm`) ??
    (unstarted === undefined ? null : say`${unstarted.name} votes and was never started`) ??
    (behind === undefined ? null : say`${behind.name} is behind`) ??
    busyRefusal(context)
  );
}

function busyRefusal({ busy }: DcsContext): Text | null {
  return busy.length === 0 ? null : say`an action runs on ${joinNames(busy.slice(0, 3))}`;
}

/** Nobody has been failing for a moment only, and of everybody it is known whether they answer. */
function settledRefusal(voters: readonly CareMember[], now: number): Text | null {
  const unsure = voters.find(({ answers }) => answers === null);
  const fresh = voters.find(
    ({ answers, silentSince, started }) =>
      answers === false && started && (silentSince === null || now - silentSince < SETTLED_MS),
  );
  return (
    (unsure === undefined ? null : say`whether ${unsure.name} answers is not known`) ??
    (fresh === undefined
      ? null
      : say`${fresh.name} has only just gone silent: wait ${formatSeconds(SETTLED_MS / 1000)}`)
  );
}

function enough(answer: number, voters: number): Text | null {
  const quorum = quorumOf(voters);
  return answer >= quorum ? null : say`${answer} of ${voters} would answer, and the quorum is ${quorum}`;
}

function silentRefusal(voters: readonly CareMember[]): Text | null {
  const silent = voters.filter((one) => !isLive(one));
  return silent.length === 0
    ? null
    : say`${joinNames(silent.map(({ name }) => name))} ${agree(silent.length, 'does', 'do')} not answer: one more that is busy may end the quorum`;
}

/** While one is busy the others must carry the quorum; where they cannot, it must be over before a Patroni misses it. */
function longRefusal(live: number, voters: number, seconds: number, timing: DcsContext['timing']): Text | null {
  if (live - 1 >= quorumOf(voters)) return null;
  if (timing === null) return null;
  const allowed = Math.max(0, (timing.ttlSeconds - timing.loopWaitSeconds) / 2);
  return seconds <= allowed
    ? null
    : say`for about ${formatSeconds(seconds)} nobody could write, and the ttl of ${timing.ttlSeconds} s bears ${formatSeconds(allowed)}`;
}

function marginAfter({ voters, answer, quorum }: NonNullable<DcsJudgement['after']>): Text {
  return answer < quorum
    ? say`Then ${answer} of ${voters} voters answer: no quorum.`
    : say`Then ${answer} of ${voters} voters answer, the quorum is ${quorum}, margin ${answer - quorum}.`;
}

/** Followers by name, the leader last. */
export function defragmentOrder({ members, leader }: Pick<Care, 'members' | 'leader'>): readonly CareMember[] {
  const rank = ({ key }: CareMember): number => (key === leader ? 1 : 0);
  return members
    .filter(({ answers }) => answers === true)
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** By what is in use: free pages cost nothing. An upper bound, for what was deleted may still count. */
function defragmentSeconds({ inUseBytes, sizeBytes }: Pick<CareMember, 'inUseBytes' | 'sizeBytes'>): number {
  return ((inUseBytes ?? sizeBytes ?? 0) / MIB) * (DEFRAGMENT_MS_PER_MIB / 1000);
}

/** A follower that is in step, for reading all of it costs; else the leader. */
export function snapshotSource({ members, leader }: Pick<Care, 'members' | 'leader'>): CareMember | null {
  const able = members.filter((one) => one.votes === true && isLive(one) && one.urls.length > 0);
  return able.find(({ key, behind }) => key !== leader && (behind ?? 0) <= BEHIND_MAX) ?? able[0] ?? null;
}

function isPeerUrl(text: string): boolean {
  return text.length <= 200 && /^https?:\/\/(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(text);
}
