// What happened, in one to three sentences. Pure. The first says who leads and why; the others what stood out besides.
import { describeRequest } from '../actions/request';
import { formatSeconds, joinNames, plural } from '../words';
import type { FindingSpan, Incident } from './incident';
import { type Down, downs, type Outage, outages, type Succession, successions } from './outages';
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

export function headline(incident: Incident, clock: Clock): string[] {
  if (isBlank(incident)) return ['Nothing was kept of this window: Howdah did not watch, or its records are gone.'];
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
  const worst = worstOf(incident.findings, changes.length > 0);
  if (worst !== undefined) sentences.push(`${worst.title}${when(worst, clock)}.`);
  const done = incident.actions.filter(
    ({ id, outcome }) => outcome === 'done' && !changes.some((one) => one.actionId === id),
  );
  const others = done.filter(({ request }) => request.kind !== 'switchover' && request.kind !== 'failover');
  const [act] = others;
  if (act !== undefined && sentences.length < 3)
    sentences.push(
      others.length === 1
        ? `${act.actor}: ${describeRequest(act.request, act.scope, act.bound.leader)}, at ${clock.time(act.requestedAt)}.`
        : `${plural(others.length, 'other action')} from Howdah, the first at ${clock.time(act.requestedAt)}.`,
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

function takeover(change: Succession, out: readonly Outage[], away: readonly Down[], clock: Clock): string {
  const { leader, previous, cause, actor, startedAt } = change;
  const at = clock.time(startedAt);
  const who = leader ?? 'A leader that was not recorded';
  const by = cause === 'unknown' ? '' : ` by ${article(causeWords({ cause }, actor))}`;
  const head =
    previous === null
      ? `${who} took the lead${by} at ${at}`
      : previous === leader
        ? `${who} was promoted again${by} at ${at}`
        : `${who} took over from ${previous}${by} at ${at}`;
  const parts = [cause === 'unknown' ? `${head}, cause not known` : head];
  const outage = out.find((one) => one.from <= startedAt + 120_000 && one.to >= startedAt - 60_000);
  if (outage !== undefined) parts.push(outWords(outage));
  if (previous !== null && previous !== leader) parts.push(...returned(previous, startedAt, away, clock));
  return `${parts.join('; ')}.`;
}

function article(words: string): string {
  if (words.startsWith('the ')) return words;
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

function outWords({ from, to, open, by }: Outage): string {
  const span = formatSeconds((to - from) / 1000);
  if (open) return `writes were still out after ${span}, when the window ended`;
  return `writes were out for ${span}${by === 'probe' ? '' : ', as seen by readings'}`;
}

function returned(member: string, at: number, away: readonly Down[], clock: Clock): string[] {
  const down = away.find((one) => one.member === member && (one.to === null || one.to > at));
  if (down === undefined) return [];
  return [
    down.to === null
      ? `${member} had not come back when the window ended`
      : `${member} came back at ${clock.time(down.to)}`,
  ];
}

function several(changes: readonly Succession[], out: readonly Outage[], clock: Clock): string[] {
  const named = changes.slice(0, NAMED_MAX).map((change) => {
    const { leader, previous, actor, startedAt } = change;
    const pair =
      previous === null || previous === leader ? (leader ?? 'unknown') : `${previous} to ${leader ?? 'unknown'}`;
    return `${pair} (${causeWords(change, actor)}, ${clock.time(startedAt)})`;
  });
  const rest = changes.length - named.length;
  const more = rest > 0 ? `, and ${plural(rest, 'more time', 'more times')}` : '';
  const last = changes.at(-1)?.leader;
  const sentences = [
    `The leader changed ${changes.length} times: ${named.join(', ')}${more}${last ? `; ${last} led in the end` : ''}.`,
  ];
  const longest = longestOf(out);
  if (longest !== null)
    sentences.push(
      longest.open
        ? `Not writable since ${clock.time(longest.from)}, still when the window ended.`
        : `Longest time not writable: ${formatSeconds((longest.to - longest.from) / 1000)}, from ${clock.time(longest.from)}.`,
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
): string {
  const leader = before?.cluster.leader ?? after?.cluster.leader ?? null;
  const name = leader?.name ?? history.leader.find((value) => value !== null) ?? null;
  const timeline = before?.cluster.timeline ?? after?.cluster.timeline ?? null;
  const lost = events.find((event) => event.kind === 'leader_lost');
  const led =
    lost !== undefined
      ? `${lost.member ?? 'The leader'} lost the leader key at ${clock.time(lost.at)} and nobody else took it`
      : name === null
        ? 'Nobody is known to have led'
        : `${name} led${timeline === null ? '' : ` on timeline ${timeline}`} all the time${blind.length > 0 ? ' that was watched' : ''}`;
  const parts = [events.length === 0 && away.length === 0 && out.length === 0 ? `Nothing changed: ${led}` : led];
  const longest = longestOf(out);
  if (longest !== null) parts.push(outWords(longest));
  const gone = [...new Set(away.map(({ member }) => member))];
  if (gone.length > 0) parts.push(`${joinNames(gone)} ${gone.length === 1 ? 'was' : 'were'} down for a time`);
  return `${parts.join('; ')}.`;
}

function worstOf(findings: readonly FindingSpan[], isLed: boolean): FindingSpan | undefined {
  const rank = { critical: 0, unknown: 1, warning: 2, note: 3 } as const;
  return [...findings]
    .filter(
      ({ code, from, to }) => !(isLed && IMPLIED.has(code)) && (from === null || to === null || to - from >= BRIEF_MS),
    )
    .sort((a, b) => rank[a.severity] - rank[b.severity])
    .find(({ severity }) => severity === 'critical' || severity === 'warning');
}

function when({ from, to }: FindingSpan, clock: Clock): string {
  if (from === null) return to === null ? ', all the time' : `, until ${clock.time(to)}`;
  return to === null ? `, since ${clock.time(from)}` : `, from ${clock.time(from)} to ${clock.time(to)}`;
}
