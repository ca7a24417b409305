// Says afterwards what of a run was false: claims that nothing seen allows, actions done twice, rows lost, faults untold, trouble told that
// was none. It judges by its own eyes (history.ts) and by the journal's lines as they appeared on the disk, never by what Howdah concluded.
// Pure.
//
// The tolerance. A claim says "so, as of then"; it is true where it was so at some moment between that instant less the tolerance and its
// arrival. An answer is stamped when it arrived and was made up to the deadline of its question earlier (2.5 s, of REST and of SQL), and
// the two clocks are compared through frames that travel (a few hundred ms on a loaded machine): 3 s. A claim whose stated age the browser
// already draws as old is not true for being older: nothing is added for that.

import type { Claim, Telling, Told, ToldAction } from './claims';
import { type History, type KeyChange, type Look, overlap, type Span } from './history';
import type { FaultKind } from './script';

const TOLERANCE_MS = 3000;
/** A fault that is shorter than this may pass unseen: two rounds, the deadline of a question, and a ttl of 20 s where only a lease tells. */
const MUST_BE_TOLD_MS = 26_000;
/** What was there at the end of a fault may be told a little later. */
const TOLD_AFTER_MS = 6000;
/** After a jump Howdah's own ages mean nothing until everything was asked again. */
const JUMP_MS = 12_000;

export interface Fault {
  readonly kind: FaultKind;
  /** A member, `e1`, or null: Howdah. */
  readonly target: string | null;
  readonly at: number;
  readonly until: number;
}

/** A line of the journal, and between which looks at the file it appeared. */
export interface JournalLine {
  readonly seq: number;
  readonly hash: string;
  readonly kind: string;
  readonly actionId: string;
  readonly request: { readonly kind: string; readonly members?: readonly string[] } | null;
  readonly appeared: Span;
}

/** A row of Howdah's audit as it was answered at the end. */
export interface IndexRow {
  readonly id: string;
  readonly phase: string;
}

export interface Evidence {
  readonly history: History;
  readonly claims: readonly Claim[];
  readonly tellings: readonly Telling[];
  readonly actions: readonly ToldAction[];
  readonly faults: readonly Fault[];
  /** Every line that was ever seen, in the order in which it was. */
  readonly journal: readonly JournalLine[];
  /** Hashes of all lines that are there at the end. */
  readonly journalAtEnd: readonly string[];
  readonly index: readonly IndexRow[];
  /** Ids that Howdah answered an order with. */
  readonly accepted: readonly string[];
  /** The lab was put right: its own writes. */
  readonly heals: readonly Span[];
  /** The lab was healthy by its own word, and nobody did anything. */
  readonly calm: readonly Span[];
  readonly jumps: readonly number[];
  /** Howdah ran, was thawed and answered. */
  readonly awake: readonly Span[];
  /** What `/api/health` complained of, one entry a complaint. */
  readonly complaints: readonly { readonly at: number; readonly text: string }[];
  /** By timeline, where it ended, from the history file of PostgreSQL itself. */
  readonly forks: Readonly<Record<number, number>>;
}

export interface Falsehood {
  readonly rule: 'claim' | 'twice' | 'lost' | 'untold' | 'invented';
  readonly text: string;
  readonly at: number;
}

export interface Judgement {
  readonly checked: Readonly<Record<string, number>>;
  /** Nothing can be said: eyes closed, clocks jumped. */
  readonly unjudged: number;
  readonly falsehoods: readonly Falsehood[];
}

export function judge(evidence: Evidence): Judgement {
  const judgement = new Judged();
  judgeClaims(evidence, judgement);
  judgeWrites(evidence, judgement);
  judgeStarts(evidence, judgement);
  judgeOutcomes(evidence, judgement);
  judgeRecord(evidence, judgement);
  judgeFaults(evidence, judgement);
  judgeTellings(evidence, judgement);
  return judgement;
}

class Judged implements Judgement {
  readonly checked: Record<string, number> = {};
  readonly falsehoods: Falsehood[] = [];
  unjudged = 0;

  check(what: string, holds: boolean, falsehood: () => Falsehood): void {
    this.checked[what] = (this.checked[what] ?? 0) + 1;
    if (!holds) this.falsehoods.push(falsehood());
  }
}

const nearJump = ({ jumps }: Evidence, span: Span): boolean =>
  jumps.some((at) => overlap(span, { from: at - 1000, to: at + JUMP_MS }));

const HOLDS: Readonly<Record<Claim['what'], (history: History, claim: Claim, span: Span) => boolean>> = {
  writable: (history, _, span) => history.mayHaveWritten(span),
  stopped: (history, _, span) => history.mayHaveStopped(span),
  leader: (history, { member }, span) => history.mayHaveLed(member, span),
  streaming: (history, { member }, span) => history.mayHaveStreamed(member ?? '', span),
};

function judgeClaims(evidence: Evidence, judged: Judged): void {
  for (const claim of evidence.claims) {
    const { what, member, observedAt, receivedAt, told } = claim;
    const span = { from: observedAt - TOLERANCE_MS, to: receivedAt };
    if (nearJump(evidence, { from: Math.min(observedAt, receivedAt), to: receivedAt })) {
      judged.unjudged += 1;
      continue;
    }
    const age = receivedAt - observedAt;
    if (age < -TOLERANCE_MS) {
      judged.check(what, false, () => ({
        ...{ rule: 'claim', at: receivedAt },
        text: `${what} ${member ?? ''} as of ${-age} ms after it arrived`,
      }));
      continue;
    }
    if (!evidence.history.sawAnything(span)) {
      judged.unjudged += 1;
      continue;
    }
    judged.check(what, HOLDS[what](evidence.history, claim, span), () => ({
      ...{ rule: 'claim', at: receivedAt },
      text: `${what}${member === null ? '' : ` ${member}`} (${told}), ${Math.round(age)} ms old when it arrived`,
    }));
  }
}

/** From the first sight of its intent to that of its outcome. */
interface Running extends Span {
  readonly id: string;
  readonly request: JournalLine['request'];
}

function runningOf(journal: readonly JournalLine[]): readonly Running[] {
  const intents = journal.filter(({ kind }) => kind === 'intent');
  return intents.map(({ actionId, request, appeared }) => ({
    ...{ id: actionId, request, from: appeared.from },
    to: journal.find((line) => line.actionId === actionId && line.kind === 'outcome')?.appeared.to ?? Infinity,
  }));
}

/** Which kinds write which key. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  failover: ['switchover', 'cancel_switchover', 'failover', 'rolling_restart'],
  config: ['edit_config', 'pause', 'resume'],
};

/** A write that asks for something: a cleared request is Patroni's, the same configuration again only wakes the leader. */
function asksSomething(change: KeyChange, before: KeyChange | undefined): boolean {
  if (change.value === null || change.value.trim() === (before?.value ?? '').trim()) return false;
  return change.key !== 'failover' || /"(leader|member)"\s*:\s*"/.test(change.value);
}

function judgeWrites({ history, journal, heals }: Evidence, judged: Judged): void {
  const running = runningOf(journal);
  const done = new Map<string, number>();
  for (const [key, kinds] of Object.entries(WRITERS)) {
    const writes = history.changes.filter((change) => change.key === key);
    for (const [index, write] of writes.entries()) {
      const span = history.whenOf(write);
      if (!Number.isFinite(span.from) || heals.some((heal) => overlap(heal, span))) continue;
      if (!asksSomething(write, writes[index - 1])) continue;
      const by = running.filter((one) => kinds.includes(one.request?.kind ?? '') && overlap(one, span));
      judged.check('writes', by.length > 0, () => ({
        ...{ rule: 'twice', at: span.to },
        text: `/${key} was written at revision ${write.revision}, and no action was running that does: ${write.value}`,
      }));
      for (const { id } of by.length === 1 ? by : []) done.set(`${id} ${key}`, (done.get(`${id} ${key}`) ?? 0) + 1);
    }
  }
  for (const [what, count] of done) {
    const one = running.find(({ id }) => what.startsWith(id));
    judged.check('once', count === 1, () => ({
      ...{ rule: 'twice', at: one?.from ?? 0 },
      text: `${one?.request?.kind} ${what} was written ${count} times`,
    }));
  }
}

/** A restart makes one new postmaster. Where a fault struck the same member, Patroni may have made another. */
function judgeStarts({ history, journal, faults, heals }: Evidence, judged: Judged): void {
  for (const one of runningOf(journal)) {
    if (one.request?.kind !== 'restart' || !Number.isFinite(one.to)) continue;
    for (const member of one.request.members ?? []) {
      const isStruck = faults.some((fault) => overlap({ from: fault.at - 2000, to: fault.until + 15_000 }, one));
      if (isStruck || heals.some((heal) => overlap(heal, one))) continue;
      const starts = history.starts(member, one);
      judged.check('restarts', starts <= 2, () => ({
        ...{ rule: 'twice', at: one.from },
        text: `restart ${one.id}: ${member} was started ${starts - 1} times`,
      }));
    }
  }
}

function judgeOutcomes({ history, actions, journal, forks }: Evidence, judged: Judged): void {
  const last = new Map(actions.map((action) => [action.id, action]));
  for (const action of last.values()) {
    const { id, kind, outcome, candidate, lost, timelineBefore, receivedAt } = action;
    if (action.phase !== 'closed') continue;
    const running = runningOf(journal).find((one) => one.id === id);
    if (running === undefined) continue;
    if (kind === 'switchover' && outcome === 'done' && candidate !== null)
      judged.check('done', history.mayHaveLed(candidate, { from: running.from, to: receivedAt }), () => ({
        ...{ rule: 'claim', at: receivedAt },
        text: `switchover ${id} done, and ${candidate} never held the key meanwhile`,
      }));
    if (lost === null || !lost.startsWith('Lost 0 B') || timelineBefore === null) continue;
    const fork = forks[timelineBefore];
    // What was written in the last moments before it ended Howdah cannot have seen, and it says "of what was seen".
    const furthest = history.furthest(timelineBefore, running.from + TOLERANCE_MS);
    if (fork === undefined || furthest === null) judged.unjudged += 1;
    else
      judged.check('lost 0 B', furthest.lsn <= fork, () => ({
        ...{ rule: 'claim', at: receivedAt },
        text: `${kind} ${id}: "${lost}", and ${furthest.member} had ${furthest.lsn - fork} bytes more on timeline ${timelineBefore}`,
      }));
  }
}

function judgeRecord({ journal, journalAtEnd, index, accepted }: Evidence, judged: Judged): void {
  const kept = new Set(journalAtEnd);
  for (const { seq, hash, kind, appeared } of journal)
    judged.check('lines', kept.has(hash), () => ({
      ...{ rule: 'lost', at: appeared.to },
      text: `line ${seq} (${kind}) was in the journal and is not there any more`,
    }));
  const counts = new Map<string, Record<string, number>>();
  for (const { actionId, kind } of journal) {
    if (kind !== 'intent' && kind !== 'outcome') continue;
    const of = counts.get(actionId) ?? {};
    counts.set(actionId, { ...of, [kind]: (of[kind] ?? 0) + 1 });
  }
  const rows = new Map(index.map((row) => [row.id, row]));
  const lost = (text: string): Falsehood => ({ rule: 'lost', at: 0, text });
  for (const [id, { intent = 0, outcome = 0 }] of counts) {
    judged.check('rows', intent === 1 && outcome === 1, () =>
      lost(`${id} has ${intent} intents and ${outcome} outcomes`),
    );
    judged.check('rows', rows.get(id)?.phase === 'closed', () =>
      lost(`${id} is ${rows.get(id)?.phase ?? 'missing'} in the audit`),
    );
  }
  for (const id of rows.keys())
    judged.check('rows', counts.has(id), () => lost(`${id} is in the audit and not in the journal`));
  for (const id of accepted)
    judged.check('rows', counts.has(id), () => lost(`${id} was accepted, and is not recorded`));
}

const LEADER_TROUBLE = [
  ...[
    'no_leader',
    'leader_key_without_primary',
    'leader_gone_paused',
    'leader_gone_unconfirmed',
    'leader_gone_overdue',
  ],
  ...[
    'leader_gone_nobody_eligible',
    'leader_gone_election_due',
    'leader_postgres_dead',
    'leader_silent',
    'leader_unheard',
  ],
  'leader_patroni_dead',
];
const MEMBER_TROUBLE = [
  ...['member_unreachable', 'member_not_running', 'member_lost', 'replica_not_streaming', 'member_silent'],
  ...['patroni_dead', 'postgres_down', 'standby_frozen', 'standby_cannot_stream', 'rest_refuses', 'clients_cut_off'],
  'stale_member_key',
];
const ANY_MEMBER = [...LEADER_TROUBLE, ...MEMBER_TROUBLE];
const DCS_MEMBER = ['dcs_endpoint_down', 'dcs_member_down'];
const DCS_WHOLE = ['dcs_no_quorum', 'dcs_unreachable', 'failsafe_holds'];

/** By which words a fault may be told. `complaint`: Howdah's own trouble, in its health. Absent: nothing is asked of Howdah. */
const TOLD_BY: Readonly<Partial<Record<FaultKind, readonly string[] | 'complaint'>>> = {
  'kill-patroni': ANY_MEMBER,
  'stop-patroni': ANY_MEMBER,
  'stop-postgres': ANY_MEMBER,
  'kill-member': ANY_MEMBER,
  'freeze-member': ANY_MEMBER,
  'cut-member': ANY_MEMBER,
  'hang-rest': ANY_MEMBER,
  'kill-etcd': [...DCS_MEMBER, ...DCS_WHOLE],
  'freeze-etcd': [...DCS_MEMBER, ...DCS_WHOLE],
  'cut-etcd': [...DCS_MEMBER, ...DCS_WHOLE],
  'kill-quorum': DCS_WHOLE,
  'freeze-quorum': DCS_WHOLE,
  'disk-full': 'complaint',
};

function judgeFaults(evidence: Evidence, judged: Judged): void {
  for (const fault of evidence.faults) {
    const words = TOLD_BY[fault.kind];
    const span = { from: fault.at, to: fault.until };
    // Howdah must have looked at it for so long without a break.
    const watched = evidence.awake.map((one) => Math.min(one.to, span.to) - Math.max(one.from, span.from));
    if (words === undefined || Math.max(0, ...watched) < MUST_BE_TOLD_MS || nearJump(evidence, span)) continue;
    const late = { from: span.from, to: span.to + TOLD_AFTER_MS };
    const isAbout = ({ code, members }: Told): boolean =>
      words.includes(code) &&
      (members.length === 0 || fault.target === null || !isMember(fault.target)
        ? true
        : members.includes(fault.target));
    const isTold =
      words === 'complaint'
        ? evidence.complaints.some(({ at }) => at >= late.from && at <= late.to)
        : evidence.tellings.some(
            ({ receivedAt, told }) => receivedAt >= late.from && receivedAt <= late.to && told.some(isAbout),
          );
    judged.check('faults told', isTold, () => ({
      ...{ rule: 'untold', at: fault.at },
      text: `${fault.kind} ${fault.target ?? ''} for ${Math.round((fault.until - fault.at) / 1000)} s`,
    }));
  }
}

const isMember = (name: string): boolean => name.startsWith('n');

const isTroubled = ({ patroni, postmaster, sql }: Look['members'][string]): boolean =>
  patroni !== 'running' || postmaster !== 'running' || sql === null;
const troubled = (look: Look, name: string): boolean => {
  const seen = look.members[name];
  return seen === undefined || isTroubled(seen);
};

/** May this have been so in a look? What stands in no row is only asked for in calm. */
const SEEN_AS: Readonly<Record<string, (look: Look, names: readonly string[]) => boolean>> = {
  multiple_primaries: (look) =>
    Object.values(look.members).filter(({ postmaster, sql }) => postmaster !== 'gone' && sql?.primary !== false)
      .length > 1,
  two_primaries: (look) => SEEN_AS.multiple_primaries?.(look, []) ?? true,
  dcs_no_quorum: (look) => !look.quorum || Object.values(look.dcs).filter((state) => state === 'running').length < 2,
  dcs_endpoint_down: (look) => !look.quorum || Object.values(look.dcs).some((state) => state !== 'running'),
  dcs_member_down: (look) => SEEN_AS.dcs_endpoint_down?.(look, []) ?? true,
  member_not_running: (look, names) => names.some((name) => troubled(look, name)),
  leader_postgres_dead: (look) => Object.values(look.members).some(isTroubled),
  postgres_down: (look) => Object.values(look.members).some(isTroubled),
};

function judgeTellings(evidence: Evidence, judged: Judged): void {
  const { history, tellings, calm, faults, journal } = evidence;
  const restarts = runningOf(journal);
  for (const { receivedAt, observedAt, staleAfterMs, told } of tellings) {
    // What a finding stands on may be as old as a value may be before it counts as old.
    const span = { from: observedAt - staleAfterMs - TOLERANCE_MS, to: receivedAt };
    if (nearJump(evidence, { from: observedAt, to: receivedAt }) || !history.sawAnything(span)) continue;
    const isCalm = calm.some(({ from, to }) => receivedAt >= from && receivedAt <= to);
    for (const { code, members, loud } of told) {
      if (isCalm && loud)
        judged.check('calm', false, () => ({
          ...{ rule: 'invented', at: receivedAt },
          text: `${code} ${members.join(' ')} while nothing was wrong`,
        }));
      // Without a quorum the key cannot be read, and whoever held it has given up: then nobody leads, whatever is written there.
      const isVacant = (): boolean =>
        history.mayHaveLed(null, span) || (history.may(span, ({ quorum }) => !quorum) && history.mayHaveStopped(span));
      if (code === 'no_leader')
        judged.check('told', isVacant(), () => ({
          ...{ rule: 'invented', at: receivedAt },
          text: 'no_leader, and somebody held the key all the time',
        }));
      const test = SEEN_AS[code];
      // Between two looks a PostgreSQL may end and be started again.
      const isBrief =
        /postgres|not_running/.test(code) &&
        [...faults.map(({ at, until }) => ({ from: at - 1000, to: until + 1000 })), ...restarts].some((one) =>
          overlap(one, span),
        );
      if (test === undefined || isBrief) continue;
      judged.check(
        'told',
        history.may(span, (look) => test(look, members)),
        () => ({
          ...{ rule: 'invented', at: receivedAt },
          text: `${code} ${members.join(' ')}, and nothing of the kind was there`,
        }),
      );
    }
    if (isCalm) judged.check('calm', true, () => ({ rule: 'invented', at: 0, text: '' }));
  }
}
