// The report of an incident as lines of text: what Markdown, HTML and the screen all show, so that they say the same. Pure; it
// holds foreign text unescaped, each writer escapes for its own language.
import type { ActionRecord, Outcome } from '../../domain/actions/action';
import { describeRequest } from '../../domain/actions/request';
import type { FindingSpan, Incident } from '../../domain/incident/incident';
import { downs, outages, type Succession, successions } from '../../domain/incident/outages';
import type { Severity } from '../../domain/severity';
import { formatBytes, formatSeconds } from '../../language/quantity';
import { joined, say, type Text } from '../../language/sentence';
import { headline, longestOf } from './headline';
import { byWords, causeWords, isByAction, type StoryEntry, story } from './story';
import { type Clock, clockOf } from './zone';

export interface ReportFact<T extends Text = Text> {
  readonly label: T;
  readonly lines: readonly T[];
}

export interface ReportLine<T extends Text = Text> {
  readonly entry: StoryEntry<T>;
  /** Date, time and offset. */
  readonly stamp: string;
  readonly time: string;
  /** Howdah did not watch: it happened between this and `time`. */
  readonly notBefore: string | null;
  readonly facts: readonly T[];
  readonly href: string | null;
}

export interface ReportSpan<T extends Text = Text> {
  readonly span: FindingSpan & { readonly title: T };
  /** `from 14:03:12 to 14:05:00, 1 min 48 s`. */
  readonly when: T;
}

export interface ReportAction<T extends Text = Text> {
  readonly id: string;
  readonly stamp: string;
  readonly who: string;
  readonly what: T;
  readonly reason: string;
  readonly outcome: T;
  readonly severity: Severity | null;
  readonly href: string | null;
}

export interface ReportNote<T extends Text = Text> {
  readonly id: string;
  readonly stamp: string;
  readonly who: string;
  readonly text: string;
  /** When and that it was withdrawn; null: it holds. */
  readonly withdrawn: T | null;
}

export interface Report<T extends Text = Text> {
  readonly scope: string;
  readonly title: T;
  readonly window: T;
  readonly made: T;
  /** Where the cluster's page is; null: no public address is known. */
  readonly href: string | null;
  readonly headline: readonly T[];
  readonly facts: readonly ReportFact<T>[];
  /** Why less is told than happened. */
  readonly caveats: readonly T[];
  readonly story: readonly ReportLine<T>[];
  readonly findings: readonly ReportSpan<T>[];
  readonly actions: readonly ReportAction<T>[];
  readonly notes: readonly ReportNote<T>[];
  /** What the charts show, in words. */
  readonly numbers: readonly T[];
  readonly clock: Clock;
}

/** `zone`: an IANA name, else UTC. `publicUrl`: where Howdah is reached by readers; null: no links. */
export function report(incident: Incident, zone: string, publicUrl: string | null): Report {
  const { scope, from, to, madeAt } = incident;
  const clock = clockOf(zone, from, to);
  const base = linkBase(publicUrl, scope);
  return {
    scope,
    title: say`Incident of ${scope}`,
    window: say`${clock.stamp(from)} to ${clock.stamp(to)}, ${formatSeconds((to - from) / 1000)}, zone ${clock.zone}`,
    made: say`Made by Howdah at ${clock.stamp(madeAt)}`,
    href: base,
    headline: headline(incident, clock),
    facts: factsOf(incident, clock),
    caveats: caveatsOf(incident, clock),
    story: story(incident).map((entry) => lineOf(entry, clock, base)),
    findings: incident.findings.map((span) => ({ span, when: whenOf(span, clock) })),
    actions: incident.actions.map((action) => actionOf(action, clock, base)),
    notes: incident.notes.map((note) => ({
      id: note.id,
      stamp: clock.stamp(note.at),
      who: note.actor,
      text: note.text,
      withdrawn: note.withdrawnAt === null ? null : say`withdrawn at ${clock.stamp(note.withdrawnAt)}`,
    })),
    numbers: numbersOf(incident, clock),
    clock,
  };
}

function linkBase(publicUrl: string | null, scope: string): string | null {
  if (publicUrl === null || !/^https?:\/\/[^\s"'<>]+$/i.test(publicUrl)) return null;
  return `${publicUrl.replace(/\/+$/, '')}/clusters/${encodeURIComponent(scope)}`;
}

function lineOf(entry: StoryEntry, clock: Clock, base: string | null): ReportLine {
  const path = entry.actionId === null ? `?at=${entry.at}` : `/actions/${encodeURIComponent(entry.actionId)}`;
  return {
    entry,
    stamp: clock.stamp(entry.at),
    time: clock.time(entry.at),
    notBefore: entry.notBefore === null ? null : clock.time(entry.notBefore),
    facts: entry.facts.map(({ at, text }) => (at === null ? text : say`${clock.time(at)} ${text}`)),
    href: base === null ? null : `${base}${path}`,
  };
}

function whenOf({ from, to }: FindingSpan, clock: Clock): Text {
  if (from === null) {
    return to === null
      ? say`since before the window, not over when the window ended`
      : say`from before the window until ${clock.time(to)}`;
  }
  if (to === null) return say`from ${clock.time(from)}, not over when the window ended`;
  return say`from ${clock.time(from)} to ${clock.time(to)}, ${formatSeconds((to - from) / 1000)}`;
}

const OUTCOME_WORDS: Readonly<Record<Outcome, Text>> = {
  done: say`done`,
  done_differently: say`done differently`,
  scheduled: say`scheduled`,
  refused: say`refused`,
  failed: say`failed`,
  unknown: say`unknown`,
};

function actionOf(action: ActionRecord, clock: Clock, base: string | null): ReportAction {
  const { id, outcome } = action;
  return {
    id,
    stamp: clock.stamp(action.requestedAt),
    who: action.actor,
    what: describeRequest(action.request, action.scope, action.bound.leader),
    reason: action.reason,
    outcome:
      outcome === null ? say`still running` : joined([OUTCOME_WORDS[outcome], action.outcomeText ?? []].flat(), ': '),
    severity: outcome === 'failed' ? 'critical' : outcome === 'unknown' ? 'unknown' : null,
    href: base === null ? null : `${base}/actions/${encodeURIComponent(id)}`,
  };
}

// ---- facts

function factsOf(incident: Incident, clock: Clock): ReportFact[] {
  return [
    { label: say`Led`, lines: ledLines(incident, clock) },
    { label: say`Longest write outage`, lines: outageLines(incident) },
    { label: say`Lost at a change of leader`, lines: lostLines(incident, clock) },
    { label: say`Members down`, lines: downLines(incident, clock) },
    { label: say`Paused`, lines: pauseLines(incident, clock) },
    { label: say`Configuration changed`, lines: configLines(incident, clock) },
  ];

  function outageLines(one: Incident): Text[] {
    const all = outages(one);
    const longest = longestOf(all);
    if (longest === null) return [say`none seen`];
    const lasted = formatSeconds((longest.to - longest.from) / 1000);
    const [begin, by] = [clock.time(longest.from), byWords(longest.by)];
    const total = all.reduce((sum, { from, to }) => sum + to - from, 0);
    return [
      longest.open
        ? say`${lasted}, from ${begin} not over when the window ended, ${by}`
        : say`${lasted}, from ${begin} to ${clock.time(longest.to)}, ${by}`,
      ...(all.length > 1 ? [say`${all.length} times, ${formatSeconds(total / 1000)} in all`] : []),
    ];
  }
}

/** What an action measured; of a change that Howdah did not make, what the old leader came back with. */
function lostLines(incident: Incident, clock: Clock): Text[] {
  const { actions, to } = incident;
  const told = actions.flatMap(({ lost, requestedAt }) =>
    lost === undefined ? [] : [say`${clock.time(requestedAt)}: ${lost}`],
  );
  const others = successions(incident)
    .filter((change) => change.previous !== null && change.previous !== change.leader)
    .filter((change) => !actions.some((action) => action.lost !== undefined && isByAction(action, change, to)))
    .map((change) => say`${clock.time(change.startedAt)}: ${unmeasured(change, incident)}`);
  const lines = [...told, ...others];
  return lines.length === 0 ? [say`nobody handed over`] : lines;
}

function unmeasured({ previous, timeline, forkLsn }: Succession, { after }: Incident): Text {
  const old = after?.cluster.members.find(({ name }) => name === previous);
  const { divergence = null } = old ?? {};
  const bytes = divergence?.memberTimeline === timeline - 1 ? divergence.pastBytes : null;
  if (bytes !== null && bytes > 0)
    return say`${formatBytes(bytes)} that only ${previous ?? ''} has, past ${forkLsn ?? say`the fork`}`;
  return forkLsn === null
    ? say`not known: how far ${previous ?? ''} had written was not measured`
    : say`not known: how far ${previous ?? ''} had written past ${forkLsn} was not measured`;
}

function ledLines(incident: Incident, clock: Clock): Text[] {
  const changes = successions(incident);
  const { before, from, to } = incident;
  const first = changes[0]?.previous ?? before?.cluster.leader?.name ?? null;
  const lines = changes.map((change, index) => {
    const end = changes[index + 1]?.startedAt ?? to;
    const who = change.leader ?? say`not recorded`;
    const timeline = change.timeline > 0 ? change.timeline : null;
    return say`${spanWords(who, change.startedAt, end, timeline, clock)}: ${causeWords(change, change.actor)}`;
  });
  const timeline = before?.cluster.timeline ?? null;
  return [spanWords(first ?? say`unknown`, from, changes[0]?.startedAt ?? to, timeline, clock), ...lines];
}

function spanWords(who: Text, from: number, to: number, timeline: number | null, clock: Clock): Text {
  const [begin, end] = [clock.time(from), clock.time(to)];
  return timeline === null
    ? say`${who} from ${begin} to ${end}`
    : say`${who} from ${begin} to ${end}, timeline ${timeline}`;
}

function downLines(incident: Incident, clock: Clock): Text[] {
  const lines = downs(incident).map(({ member, from, to }) => {
    if (from === null) {
      return to === null
        ? say`${member} from before the window, not back when the window ended`
        : say`${member} from before the window to ${clock.time(to)}`;
    }
    if (to === null) return say`${member} from ${clock.time(from)}, not back when the window ended`;
    return say`${member} from ${clock.time(from)} to ${clock.time(to)}, ${formatSeconds((to - from) / 1000)}`;
  });
  return lines.length === 0 ? [say`none seen`] : lines;
}

function pauseLines({ events, actions, before, from }: Incident, clock: Clock): Text[] {
  const begun = events.filter((event) => event.kind === 'paused').map(({ at }) => at);
  if (before?.cluster.paused === true) begun.unshift(from);
  const lines = begun.map((at) => {
    const end = events.find((event) => event.kind === 'resumed' && event.at >= at)?.at;
    const action = actions.find((one) => one.request.kind === 'pause' && covers(one, at));
    const by = action?.actor ?? (at === from ? before?.cluster.pauseNote?.by : undefined);
    const begin = clock.time(at);
    const span =
      end === undefined ? say`from ${begin}, still so when the window ended` : say`from ${begin} to ${clock.time(end)}`;
    return doneBy(span, by);
  });
  return lines.length === 0 ? [say`no`] : lines;
}

function configLines({ events, actions }: Incident, clock: Clock): Text[] {
  const lines = events
    .filter((event) => event.kind === 'config_changed')
    .map((event) => {
      const action = actions.find((one) => one.request.kind === 'edit_config' && covers(one, event.at));
      return say`${clock.time(event.at)} ${doneBy(event.text, action?.actor)}`;
    });
  return lines.length === 0 ? [say`no`] : lines;
}

function doneBy(what: Text, actor: string | undefined): Text {
  return actor === undefined ? say`${what}, not by Howdah` : say`${what}, by ${actor}`;
}

function covers(action: ActionRecord, at: number): boolean {
  return at >= (action.sentAt ?? action.requestedAt) - 1000 && at <= (action.closedAt ?? at) + 30_000;
}

function caveatsOf({ problem, eventsCut, blind, history, from }: Incident, clock: Clock): Text[] {
  const lines = problem === null ? [] : [problem];
  if (eventsCut) lines.push(say`There are more events in this window than this report holds.`);
  if (history.keptFrom !== null && history.keptFrom > from + 60_000)
    lines.push(say`Numbers are kept from ${clock.stamp(history.keptFrom)} on.`);
  for (const span of blind.slice(0, 10))
    lines.push(
      say`Howdah did not watch from ${clock.time(span.from)} to ${clock.time(span.to)}: what happened then is known from Patroni's /history only.`,
    );
  if (blind.length > 10) lines.push(say`Howdah did not watch ${blind.length - 10} more times.`);
  return lines;
}

function numbersOf({ history }: Incident, clock: Clock): Text[] {
  const lines = Object.entries(history.members).flatMap(([member, { replayBytes }]): Text[] => {
    const worst = worstAt(replayBytes, history.times);
    return worst === null
      ? []
      : [say`Replay lag of ${member}: at most ${formatBytes(worst.value)}, at ${clock.time(worst.at)}`];
  });
  const wal = worstAt(history.walBytesPerSecond, history.times);
  if (wal !== null) lines.push(say`WAL: at most ${formatBytes(wal.value)}/s, at ${clock.time(wal.at)}`);
  return lines.length === 0 ? [say`No numbers were kept of this window.`] : lines;
}

function worstAt(
  values: readonly (number | null)[],
  times: readonly number[],
): { readonly value: number; readonly at: number } | null {
  let worst: { value: number; at: number } | null = null;
  for (const [index, value] of values.entries()) {
    const at = times[index];
    if (value !== null && at !== undefined && (worst === null || value > worst.value)) worst = { value, at };
  }
  return worst;
}
