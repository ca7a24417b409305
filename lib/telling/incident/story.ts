// One ordered story of a window: actions, leaderships, events, findings, notes, and when nobody watched. Pure. Each event is told
// by exactly one entry (`covers`), so that nothing is missing and nothing is said twice: an action tells what it brought about,
// a leadership the changes of key, timeline and role that belong to it, an event the finding that only repeats it.

import type { ActionRecord } from '../../domain/actions/action';
import { describeRequest } from '../../domain/actions/request';
import { type ClusterEvent, partsOfChange, titleOfOver } from '../../domain/events';
import type { Incident } from '../../domain/incident/incident';
import { type Succession, successions } from '../../domain/incident/outages';
import { toldSpans } from '../../domain/incident/spans';
import type { Severity } from '../../domain/severity';
import { formatSeconds } from '../../language/quantity';
import { isSameText, say, type Text } from '../../language/sentence';
import { isProblemState, TELLERS, type Teller } from './belonging';

export type StoryKind = 'action' | 'leader' | 'event' | 'finding' | 'note' | 'blind';

/** Something that belongs to an entry; `at` null: it has no moment of its own. */
export interface StoryFact<T extends Text = Text> {
  readonly at: number | null;
  readonly text: T;
}

export interface StoryEntry<T extends Text = Text> {
  readonly id: string;
  readonly at: number;
  /** It happened between this and `at`, while Howdah did not watch; null: it was seen, or its time is known. */
  readonly notBefore: number | null;
  readonly kind: StoryKind;
  readonly severity: Severity | null;
  readonly text: T;
  /** Who or what says so. */
  readonly source: T;
  readonly facts: readonly StoryFact<T>[];
  readonly actionId: string | null;
  readonly noteId: string | null;
  /** A note that was withdrawn. */
  readonly withdrawn: boolean;
  /** Ids of the events that this entry tells. */
  readonly covers: readonly string[];
}

const RANK: Readonly<Record<StoryKind, number>> = { action: 0, leader: 1, event: 2, finding: 3, note: 4, blind: 5 };
/** What is left of an action's doing after its end: members that follow. */
const AFTER_MS = 30_000;
/** The key free for so short a time is part of handing it over. */
const FREE_KEY_MS = 10_000;
const CHAIN_MS = 60_000;
const PAIR_MS = 60_000;
/** A finding shorter than this is one entry, with how long it stood. */
const SHORT_MS = 30_000;

interface Draft {
  entry: StoryEntry;
}

interface Telling {
  readonly incident: Incident;
  /** By event id: what tells it. */
  readonly told: Map<string, Draft>;
  readonly drafts: Draft[];
}

const BLANK = {
  notBefore: null,
  severity: null,
  facts: [],
  actionId: null,
  noteId: null,
  withdrawn: false,
  covers: [],
} as const;

export function story(incident: Incident): StoryEntry[] {
  const telling: Telling = { incident, told: new Map(), drafts: [] };
  for (const action of incident.actions) tellAction(telling, action);
  for (const change of successions(incident)) tellLeader(telling, change);
  tellStates(telling);
  for (const event of incident.events) if (event.code === null) tellEvent(telling, event);
  tellFindings(telling);
  for (const note of incident.notes) {
    tell(telling, [], {
      ...BLANK,
      id: `note-${note.id}`,
      at: note.at,
      kind: 'note',
      text: note.text,
      source: note.actor,
      noteId: note.id,
      withdrawn: note.withdrawnAt !== null,
    });
  }
  for (const { from, to } of incident.blind) {
    tell(telling, [], {
      ...BLANK,
      id: `blind-${from}`,
      at: from,
      kind: 'blind',
      severity: 'unknown',
      text: say`Howdah did not watch for ${formatSeconds((to - from) / 1000)}`,
      source: 'Howdah',
    });
  }
  return telling.drafts
    .map(({ entry }) => entry)
    .sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind] || a.id.localeCompare(b.id));
}

function tell(telling: Telling, events: readonly ClusterEvent[], entry: StoryEntry): Draft {
  const draft: Draft = { entry: { ...entry, covers: events.map(({ id }) => id) } };
  for (const { id } of events) telling.told.set(id, draft);
  telling.drafts.push(draft);
  return draft;
}

/** `events` are told by an entry that is there already. */
function cover(
  telling: Telling,
  draft: Draft,
  events: readonly ClusterEvent[],
  change: Partial<StoryEntry> = {},
): void {
  const fresh = events.filter(({ id }) => !telling.told.has(id));
  for (const { id } of fresh) telling.told.set(id, draft);
  draft.entry = { ...draft.entry, ...change, covers: [...draft.entry.covers, ...fresh.map(({ id }) => id)] };
}

const untold = ({ incident, told }: Telling): ClusterEvent[] => incident.events.filter(({ id }) => !told.has(id));

// ---- actions

function tellAction(telling: Telling, action: ActionRecord): void {
  const { incident } = telling;
  const begin = (action.sentAt ?? action.requestedAt) - 1000;
  const end = (action.closedAt ?? incident.to) + AFTER_MS;
  const teller: Teller = TELLERS[action.request.kind];
  const own =
    action.sentAt === null
      ? []
      : untold(telling).filter(
          (event) =>
            event.at >= begin &&
            event.at <= end &&
            (event.notBefore === null || event.notBefore >= begin) &&
            teller(event, action),
        );
  const subject = describeRequest(action.request, action.scope, action.bound.leader);
  const outcome = action.outcomeText ?? say`still running when this was made`;
  const facts: StoryFact[] = [
    { at: null, text: say`Reason: ${action.reason}` },
    ...action.steps
      .filter((step) => step.reachedAt !== null && step.state !== 'skipped')
      .map((step) => ({
        at: step.reachedAt,
        text: step.detail === null ? step.title : say`${step.title}: ${step.detail}`,
      })),
    ...action.differs.map((text) => ({ at: null, text: say`Differs: ${text}` })),
  ];
  // What was lost says how long nothing was writable too.
  if (action.lost !== undefined) facts.push({ at: null, text: action.lost });
  else if (action.outage !== null && action.outage.writableAgainAt !== null)
    facts.push({ at: null, text: outForWords(action.outage.ms, action.outage.by) });
  const isShort = action.closedAt !== null && action.closedAt - action.requestedAt < PAIR_MS;
  tell(telling, own, {
    ...BLANK,
    id: `action-${action.id}`,
    at: action.requestedAt,
    kind: 'action',
    severity: action.outcome === 'failed' ? 'critical' : action.outcome === 'unknown' ? 'unknown' : null,
    text: isShort || action.closedAt === null ? say`${subject}; ${outcome}` : subject,
    source: action.actor,
    facts,
    actionId: action.id,
  });
  if (isShort || action.closedAt === null || action.closedAt > incident.to) return;
  tell(telling, [], {
    ...BLANK,
    id: `action-end-${action.id}`,
    at: action.closedAt,
    kind: 'action',
    text: say`Ended: ${subject}; ${outcome}`,
    source: 'Howdah',
    actionId: action.id,
  });
}

function outForWords(ms: number, by: 'probe' | 'observation'): Text {
  const lasted = formatSeconds(ms / 1000);
  return by === 'probe'
    ? say`Writes were out for ${lasted}, measured`
    : say`Writes were out for ${lasted}, as seen by readings`;
}

export function byWords(by: 'probe' | 'observation'): Text {
  return by === 'probe' ? say`measured` : say`as seen by readings`;
}

// ---- leaderships

function tellLeader(telling: Telling, change: Succession): void {
  const { startedAt, leader, timeline, actor } = change;
  const own = untold(telling).filter((event) => isOfChange(event, change, telling.incident));
  const action = telling.incident.actions.find((one) => isByAction(one, change, telling.incident.to));
  const facts: StoryFact[] = [];
  if (change.forkLsn !== null) facts.push({ at: null, text: say`Left timeline ${timeline - 1} at ${change.forkLsn}` });
  if (change.reason !== null) facts.push({ at: null, text: say`Patroni's /history: ${change.reason}` });
  if (action !== undefined) {
    const draft = telling.drafts.find(({ entry }) => entry.id === `action-${action.id}`);
    const isSaid = String(action.outcomeText ?? '').includes(`timeline ${timeline}`);
    const known =
      timeline > 0 && !isSaid
        ? [{ at: startedAt, text: say`${leader ?? say`unknown`} leads timeline ${timeline}` }]
        : [];
    if (draft !== undefined) cover(telling, draft, own, { facts: [...draft.entry.facts, ...known, ...facts] });
    return;
  }
  const lost = own.find((event) => event.kind === 'leader_lost');
  if (lost !== undefined) facts.unshift({ at: lost.at, text: lost.text });
  if (change.outageMs !== null) facts.push({ at: null, text: outForWords(change.outageMs, 'probe') });
  const told = own.find((event) => event.by !== 'history');
  tell(telling, own, {
    ...BLANK,
    id: `leader-${timeline > 0 ? timeline : startedAt}`,
    at: startedAt,
    notBefore: timeline > 0 ? null : (told?.notBefore ?? null),
    kind: 'leader',
    severity: own.find(({ severity }) => severity !== null)?.severity ?? null,
    text: say`${leadWords(change)}: ${causeWords(change, actor)}`,
    source: [told === undefined ? [] : ['Howdah'], timeline > 0 ? ['/history'] : []].flat().join(', '),
    facts,
    actionId: change.actionId,
  });
}

function leadWords({ leader, previous, timeline }: Succession): Text {
  const who = leader ?? say`A leader that was not recorded`;
  if (timeline <= 0) {
    if (previous === null) return say`${who} leads`;
    return previous === leader ? say`${who} leads, as before` : say`${who} leads, after ${previous}`;
  }
  if (previous === null) return say`${who} leads timeline ${timeline}`;
  return previous === leader
    ? say`${who} leads timeline ${timeline}, as before`
    : say`${who} leads timeline ${timeline}, after ${previous}`;
}

export function causeWords({ cause }: Pick<Succession, 'cause'>, actor: string | null): Text {
  switch (cause) {
    case 'bootstrap':
      return say`the bootstrap of the cluster`;
    case 'switchover':
      return actor === null ? 'switchover' : say`switchover by ${actor}`;
    case 'failover':
      return actor === null ? say`manual failover` : say`manual failover by ${actor}`;
    case 'automatic':
      return say`automatic failover`;
    case 'unknown':
      return say`cause not known`;
  }
}

export function isByAction(action: ActionRecord, change: Succession, to: number): boolean {
  if (action.sentAt === null) return false;
  const end = (action.closedAt ?? to) + AFTER_MS;
  if (change.startedAt < action.sentAt - 1000 || change.startedAt > end) return false;
  if (change.actionId !== null) return change.actionId === action.id;
  const { kind } = action.request;
  if (kind !== 'switchover' && kind !== 'failover') return false;
  return action.after === null || action.after.leader === change.leader;
}

function isOfChange(event: ClusterEvent, change: Succession, { events }: Incident): boolean {
  const { startedAt, leader, previous, timeline } = change;
  const about = (ms: number): boolean => event.at >= startedAt - ms && (event.notBefore ?? event.at) <= startedAt + ms;
  switch (event.kind) {
    case 'timeline_changed':
      if (timeline > 0) return partsOfChange(event.text)?.to === timeline;
      return event.member === leader && about(PAIR_MS);
    case 'leader_changed':
      return event.member === leader && about(PAIR_MS * 2);
    case 'leader_lost': {
      // Longer without a key is news of its own.
      const next = events.find((other) => other.kind === 'leader_changed' && other.at >= event.at);
      return next?.member === leader && next.at - event.at <= FREE_KEY_MS && about(PAIR_MS * 2);
    }
    case 'role_changed':
      if (event.member === leader) return partsOfChange(event.text)?.after === 'primary' && about(PAIR_MS * 2);
      return event.member === previous && partsOfChange(event.text)?.after === 'replica' && about(PAIR_MS / 2);
    default:
      return false;
  }
}

// ---- events

/** `n1: running to stopping`, `n1: stopping to stopped`: one line with all the words in their order. */
function tellStates(telling: Telling): void {
  const chains = new Map<string, ClusterEvent[]>();
  const end = (member: string): void => {
    const chain = chains.get(member) ?? [];
    chains.delete(member);
    if (chain.length > 1) tellChain(telling, chain);
  };
  for (const event of untold(telling)) {
    if (event.kind !== 'state_changed' || event.member === null) continue;
    const chain = chains.get(event.member);
    const last = chain?.at(-1);
    const follows =
      last !== undefined &&
      event.by === last.by &&
      event.at - last.at <= CHAIN_MS &&
      partsOfChange(last.text)?.after === partsOfChange(event.text)?.before;
    if (chain !== undefined && follows) chain.push(event);
    else {
      end(event.member);
      chains.set(event.member, [event]);
    }
  }
  for (const member of [...chains.keys()]) end(member);
}

function tellChain(telling: Telling, chain: readonly ClusterEvent[]): void {
  const [first] = chain;
  const last = chain.at(-1);
  if (first === undefined || last === undefined) return;
  const words = chain.flatMap((event) => partsOfChange(event.text)?.after ?? []);
  tell(telling, chain, {
    ...BLANK,
    id: first.id,
    at: first.at,
    notBefore: first.notBefore,
    kind: 'event',
    severity: isProblemState(words.at(-1) ?? '') ? 'critical' : null,
    text: words.slice(1).reduce<Text>((chain, word) => say`${chain} to ${word}`, first.text),
    source: sourceOf(first),
    facts: [{ at: last.at, text: words.at(-1) ?? '' }],
  });
}

function tellEvent(telling: Telling, event: ClusterEvent): void {
  if (telling.told.has(event.id)) return;
  tell(telling, [event], {
    ...BLANK,
    id: event.id,
    at: event.at,
    notBefore: event.notBefore,
    kind: 'event',
    severity: event.severity,
    text: event.text,
    source: sourceOf(event),
  });
}

function sourceOf({ by }: ClusterEvent): Text {
  return by === 'history' ? '/history' : by === 'gap' ? say`Howdah, after a gap` : 'Howdah';
}

// ---- findings

function tellFindings(telling: Telling): void {
  for (const span of toldSpans(telling.incident)) {
    const { raised, cleared } = span;
    const ms = span.from === null || span.to === null ? null : span.to - span.from;
    const lasted = ms === null ? null : formatSeconds(ms / 1000);
    const event = raised === null ? undefined : sameNews(telling, raised, 'raised');
    if (raised !== null && event !== undefined) {
      const draft = telling.told.get(event.id);
      const fact = { at: raised.at, text: raised.text };
      // What an action brought about is no trouble of its own.
      const isAction = draft?.entry.kind === 'action';
      if (draft !== undefined)
        cover(telling, draft, [raised], {
          severity: isAction ? draft.entry.severity : raised.severity,
          facts: isAction ? draft.entry.facts : [...draft.entry.facts, fact],
        });
    } else if (raised !== null) {
      const short = cleared !== null && ms !== null && ms < SHORT_MS;
      tell(telling, short ? [raised, cleared] : [raised], {
        ...BLANK,
        id: raised.id,
        at: raised.at,
        notBefore: raised.notBefore,
        kind: 'finding',
        severity: raised.severity ?? 'unknown',
        text: short ? say`${raised.text}, for ${lasted ?? say`unknown`}` : raised.text,
        source: raised.code ?? 'finding',
      });
    }
    if (cleared === null || telling.told.has(cleared.id)) continue;
    const end = sameNews(telling, cleared, 'cleared');
    const draft = end === undefined ? undefined : telling.told.get(end.id);
    if (draft !== undefined) cover(telling, draft, [cleared]);
    else {
      tell(telling, [cleared], {
        ...BLANK,
        id: cleared.id,
        at: cleared.at,
        notBefore: cleared.notBefore,
        kind: 'finding',
        text: overWords(titleOfOver(cleared.text), lasted),
        source: cleared.code ?? 'finding',
      });
    }
  }
  // A finding told twice without an end between is still told.
  for (const event of untold(telling)) {
    const span = telling.drafts.find(({ entry }) => entry.kind === 'finding' && isSameText(entry.text, event.text));
    if (span !== undefined) cover(telling, span, [event]);
    else tellEvent(telling, event);
  }
}

function overWords(title: Text, lasted: Text | null): Text {
  return lasted === null ? say`Over: ${title}` : say`Over after ${lasted}: ${title}`;
}

/** The event that is the same piece of news as a finding's beginning or end. */
function sameNews({ incident }: Telling, event: ClusterEvent, end: 'raised' | 'cleared'): ClusterEvent | undefined {
  const kinds = SAME_NEWS[event.code ?? '']?.[end] ?? [];
  return incident.events.find(
    (other) =>
      kinds.includes(other.kind) &&
      Math.abs(other.at - event.at) <= PAIR_MS &&
      (event.member === null || other.member === null || event.member === other.member),
  );
}

const SAME_NEWS: Readonly<
  Record<string, { readonly raised: readonly string[]; readonly cleared: readonly string[] } | undefined>
> = {
  paused: { raised: ['paused'], cleared: ['resumed'] },
  replay_paused: { raised: ['replay_paused'], cleared: ['replay_resumed'] },
  no_leader: { raised: ['leader_lost'], cleared: ['leader_changed', 'timeline_changed'] },
  leader_key_without_primary: { raised: ['leader_lost'], cleared: ['leader_changed', 'timeline_changed'] },
  member_unreachable: { raised: ['member_silent'], cleared: ['member_answers'] },
  scheduled_switchover: { raised: ['switchover_scheduled'], cleared: ['switchover_cancelled', 'leader_changed'] },
};
