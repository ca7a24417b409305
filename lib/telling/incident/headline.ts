// What happened, in one to three sentences. Pure. The first says who leads and why; the others what stood out besides.

import { describeRequest } from '../../domain/actions/request';
import type { FindingSpan, Incident } from '../../domain/incident/incident';
import { type Down, downs, type Outage, outages, type Succession, successions } from '../../domain/incident/outages';
import { bySeverity } from '../../domain/severity';
import { formatSeconds, joinNames, plural } from '../../language/quantity';
import { agree, joined, say, type Text } from '../../language/sentence';
import { causeWords } from './story';
import type { Clock } from './zone';

const NAMED_MAX = 4;
/** A finding shorter than this is what every change leaves behind. */
const BRIEF_MS = 30_000;
/** What a change of leader or a missing member says already. */
const IMPLIED: ReadonlySet<string> = new Set([
  'no_leader',
  'leader_key_without_primary',
  'member_unreachable',
  'member_not_running',
  'no_failover_candidate',
]);

export function headline(incident: Incident, clock: Clock): Text[] {
  if (isBlank(incident)) return [say`Nothing was kept of this window: Howdah did not watch, or its records are gone.`];
  const changes = successions(incident);
  const out = outages(incident);
  const away = downs(incident);
  const [only] = changes;
  const sentences =
    only === undefined
      ? [steady(incident, out, away, clock)]
      : changes.length === 1
        ? [takeover(only, out, away, clock)]
        : several(changes, out, clock);
  const worst = worstSpan(incident.findings, changes.length > 0);
  if (worst !== undefined) sentences.push(spanSentence(worst, clock));
  const cause = incident.after?.cause ?? null;
  if (cause !== null && cause.severity !== 'note' && sentences.length < 3)
    sentences.push(say`At the end of the window: ${cause.headline}.`);
  const done = incident.actions.filter(
    ({ id, outcome }) => outcome === 'done' && !changes.some((one) => one.actionId === id),
  );
  const others = done.filter(({ request }) => request.kind !== 'switchover' && request.kind !== 'failover');
  const [act] = others;
  if (act !== undefined && sentences.length < 3)
    sentences.push(
      others.length === 1
        ? say`${act.actor}: ${describeRequest(act.request, act.scope, act.bound.leader)}, at ${clock.time(act.requestedAt)}.`
        : say`${plural(others.length, 'other action')} from Howdah, the first at ${clock.time(act.requestedAt)}.`,
    );
  return sentences;
}

/** Not one value, not one event: nothing can be said. */
export function isBlank({ before, after, events, actions, history }: Incident): boolean {
  return (
    before === null &&
    after === null &&
    events.length === 0 &&
    actions.length === 0 &&
    history.health.every((value) => value === null)
  );
}

function takeover(change: Succession, out: readonly Outage[], away: readonly Down[], clock: Clock): Text {
  const { leader, previous, cause, actor, startedAt } = change;
  const at = clock.time(startedAt);
  const who = leader ?? say`A leader that was not recorded`;
  const parts = [cause === 'unknown' ? takenSomehow(who, change, at) : takenBy(who, change, causeOf(cause, actor), at)];
  const outage = out.find((one) => one.from <= startedAt + 120_000 && one.to >= startedAt - 60_000);
  if (outage !== undefined) parts.push(outWords(outage));
  if (previous !== null && previous !== leader) parts.push(...returned(previous, startedAt, away, clock));
  return say`${joined(parts, '; ')}.`;
}

function takenSomehow(who: Text, { previous, leader }: Succession, at: string): Text {
  if (previous === null) return say`${who} took the lead at ${at}, cause not known`;
  if (previous === leader) return say`${who} was promoted again at ${at}, cause not known`;
  return say`${who} took over from ${previous} at ${at}, cause not known`;
}

function takenBy(who: Text, { previous, leader }: Succession, cause: Text, at: string): Text {
  if (previous === null) return say`${who} took the lead by ${cause} at ${at}`;
  if (previous === leader) return say`${who} was promoted again by ${cause} at ${at}`;
  return say`${who} took over from ${previous} by ${cause} at ${at}`;
}

/** With its article, as after "by". */
function causeOf(cause: Exclude<Succession['cause'], 'unknown'>, actor: string | null): Text {
  switch (cause) {
    case 'bootstrap':
      return say`the bootstrap of the cluster`;
    case 'switchover':
      return actor === null ? say`a switchover` : say`a switchover by ${actor}`;
    case 'failover':
      return actor === null ? say`a manual failover` : say`a manual failover by ${actor}`;
    case 'automatic':
      return say`an automatic failover`;
  }
}

function outWords({ from, to, open, by }: Outage): Text {
  const span = formatSeconds((to - from) / 1000);
  if (open) return say`writes were still out after ${span}, when the window ended`;
  return by === 'probe' ? say`writes were out for ${span}` : say`writes were out for ${span}, as seen by readings`;
}

function returned(member: string, at: number, away: readonly Down[], clock: Clock): Text[] {
  const down = away.find((one) => one.member === member && (one.to === null || one.to > at));
  if (down === undefined) return [];
  return [
    down.to === null
      ? say`${member} had not come back when the window ended`
      : say`${member} came back at ${clock.time(down.to)}`,
  ];
}

function several(changes: readonly Succession[], out: readonly Outage[], clock: Clock): Text[] {
  const named = changes.slice(0, NAMED_MAX).map((change) => {
    const { leader, previous, actor, startedAt } = change;
    const pair =
      previous === null || previous === leader
        ? (leader ?? say`unknown`)
        : say`${previous} to ${leader ?? say`unknown`}`;
    return say`${pair} (${causeWords(change, actor)}, ${clock.time(startedAt)})`;
  });
  const rest = changes.length - named.length;
  const more = rest > 0 ? [say`and ${plural(rest, 'more time', 'more times')}`] : [];
  const all = joined([...named, ...more], ', ');
  const last = changes.at(-1)?.leader;
  const sentences = [
    last
      ? say`The leader changed ${changes.length} times: ${all}; ${last} led in the end.`
      : say`The leader changed ${changes.length} times: ${all}.`,
  ];
  const longest = longestOf(out);
  if (longest !== null)
    sentences.push(
      longest.open
        ? say`Not writable since ${clock.time(longest.from)}, still so when the window ended.`
        : say`Longest write outage: ${formatSeconds((longest.to - longest.from) / 1000)}, from ${clock.time(longest.from)}.`,
    );
  return sentences;
}

export function longestOf(out: readonly Outage[]): Outage | null {
  return out.reduce<Outage | null>(
    (worst, one) => (worst === null || one.to - one.from > worst.to - worst.from ? one : worst),
    null,
  );
}

function steady(
  { before, after, events, history, blind }: Incident,
  out: readonly Outage[],
  away: readonly Down[],
  clock: Clock,
): Text {
  const leader = before?.cluster.leader ?? after?.cluster.leader ?? null;
  const name = leader?.name ?? history.leader.find((value) => value !== null) ?? null;
  const timeline = before?.cluster.timeline ?? after?.cluster.timeline ?? null;
  const lost = events.find((event) => event.kind === 'leader_lost');
  const led =
    lost !== undefined
      ? say`${lost.member ?? say`The leader`} lost the leader key at ${clock.time(lost.at)} and nobody else took it`
      : name === null
        ? say`Nobody is known to have led`
        : ledWords(name, timeline, blind.length === 0);
  const parts = [events.length === 0 && away.length === 0 && out.length === 0 ? say`Nothing changed: ${led}` : led];
  const longest = longestOf(out);
  if (longest !== null) parts.push(outWords(longest));
  const gone = [...new Set(away.map(({ member }) => member))];
  if (gone.length > 0) parts.push(say`${joinNames(gone)} ${agree(gone.length, 'was', 'were')} down for a time`);
  return say`${joined(parts, '; ')}.`;
}

function ledWords(name: string, timeline: number | null, isWatched: boolean): Text {
  if (timeline === null)
    return isWatched ? say`${name} led all the time` : say`${name} led all the time that was watched`;
  return isWatched
    ? say`${name} led on timeline ${timeline} all the time`
    : say`${name} led on timeline ${timeline} all the time that was watched`;
}

function worstSpan(findings: readonly FindingSpan[], isLed: boolean): FindingSpan | undefined {
  return [...findings]
    .filter(
      ({ code, from, to }) => !(isLed && IMPLIED.has(code)) && (from === null || to === null || to - from >= BRIEF_MS),
    )
    .sort((a, b) => bySeverity(a.severity, b.severity))
    .find(({ severity }) => severity === 'critical' || severity === 'warning');
}

function spanSentence({ title, from, to }: FindingSpan, clock: Clock): Text {
  if (from === null) return to === null ? say`${title}, all the time.` : say`${title}, until ${clock.time(to)}.`;
  return to === null
    ? say`${title}, since ${clock.time(from)}.`
    : say`${title}, from ${clock.time(from)} to ${clock.time(to)}.`;
}
