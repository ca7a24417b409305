// The answers of the routes of the past. Recordings have no store: of them the collector's memory is told, and that it is all.
import type {
  AvailabilityAnswer,
  EventsAnswer,
  HistoryAnswer,
  IncidentAnswer,
  LeadershipAnswer,
  ScopedEvent,
} from '../../contract/history';
import type { QueryOf } from '../../contract/routes';
import { covers } from '../../domain/access/access';
import type { Snapshot } from '../../domain/cluster';
import { composeLeaderships } from '../../domain/history/leadership';
import { revive } from '../../language/carry';
import { say } from '../../language/sentence';
import { speakerOf } from '../../language/speakers';
import { incidentHtml } from '../../telling/incident/html';
import { incidentMarkdown } from '../../telling/incident/markdown';
import type { Gate } from '../access/gate';
import { scopeAnswer } from '../clusters';
import { Refusal } from '../route';
import type { Runtime } from '../runtime';
import { availabilityCsv } from './availability-csv';
import { availabilityWindow, eventQuery, incidentWindow, windowOf } from './query';
import { fits } from './reader';

const RECORDED = say`these are recordings: only the last minutes are there`;
const RECORDED_SCOPES = 40;

export async function historyAnswer(
  runtime: Runtime,
  scope: string,
  query: QueryOf<'GET /api/clusters/{scope}/history'>,
): Promise<HistoryAnswer> {
  const { from, to } = windowOf(query, Date.now());
  if (runtime.config.replay === null) return (await runtime.history()).reader.history(scope, from, to, query.points);
  return { ...(await memoryOf(runtime, scope)), problem: query.from === undefined ? null : RECORDED };
}

/** `scopes`: what the one who asks may see; null: all. */
export async function eventsAnswer(
  runtime: Runtime,
  query: QueryOf<'GET /api/events'>,
  scopes: readonly string[] | null,
): Promise<EventsAnswer> {
  const wanted = eventQuery(query, scopes);
  if (runtime.config.replay === null) return (await runtime.history()).reader.events(wanted);
  const known = runtime.feed.rows().map((row) => row.scope);
  const asked = wanted.scope === null ? known.slice(0, RECORDED_SCOPES) : [wanted.scope];
  const lists = await Promise.all(
    asked
      .filter((scope) => scopes === null || scopes.includes(scope))
      .map(async (scope) => (await memoryOf(runtime, scope)).events.map((event): ScopedEvent => ({ ...event, scope }))),
  );
  const events = lists
    .flat()
    .filter((event) => fits(event, wanted))
    .sort((a, b) => b.at - a.at);
  return { events: events.slice(0, wanted.limit), next: null, from: 'memory', problem: RECORDED };
}

/** Of the clusters that are known now and that the one who asks may see. */
export async function availabilityAnswer(
  runtime: Runtime,
  query: QueryOf<'GET /api/availability'>,
  gate: Pick<Gate, 'sees'>,
): Promise<AvailabilityAnswer | Response> {
  const { scope, label, format = 'json' } = query;
  const asked = runtime.feed
    .rows()
    .filter((row) => gate.sees(row.scope) && (scope === undefined || row.scope === scope))
    .filter(({ labels }) => label.every((pair) => Object.entries(labels).some((own) => own.join('=') === pair)))
    .map(({ scope, labels }) => {
      const target = { scope, labels };
      return {
        ...target,
        objectivePercent: runtime.config.objective.find((one) => covers(one, target))?.percent ?? null,
      };
    });
  if (scope !== undefined && asked.length === 0) throw new Refusal('not_found', say`no cluster "${scope}" is known`);
  const answer = await (await runtime.history()).availability(asked, availabilityWindow(query, Date.now()));
  return format === 'json' ? answer : fileOf(availabilityCsv(answer), 'text/csv', 'howdah-availability.csv');
}

export async function leadershipAnswer(runtime: Runtime, scope: string): Promise<LeadershipAnswer> {
  if (runtime.config.replay === null) return (await runtime.history()).reader.leadership(scope);
  const { cluster } = revive(JSON.parse(await scopeAnswer(runtime, 'snapshot', scope)) as Snapshot);
  return { scope, entries: composeLeaderships([], cluster, []), problem: RECORDED };
}

/** `format` md or html: the report, to keep or to mail. `zone`: an IANA name, UTC where there is none or it is none. `language`: of the report. */
export async function incidentAnswer(
  runtime: Runtime,
  scope: string,
  query: QueryOf<'GET /api/clusters/{scope}/incident'>,
): Promise<IncidentAnswer | Response> {
  const answer = await (await runtime.history()).incident(scope, incidentWindow(query, Date.now()));
  const { format = 'json', language = 'en' } = query;
  if (format === 'json') return answer;
  const zone = zoneOf(query.zone);
  const { publicUrl } = runtime.config;
  const voice = speakerOf(language);
  const write = format === 'md' ? incidentMarkdown : incidentHtml;
  const text = write(answer, zone, publicUrl, voice);
  const day = new Date(answer.from).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  const name = `incident-${scope.replace(/[^\w.-]/g, '_')}-${day}.${format}`;
  return fileOf(text, format === 'md' ? 'text/markdown' : 'text/html', name);
}

function fileOf(text: string, type: string, name: string): Response {
  return new Response(text, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // The report is text of ours in the browser's eyes: were something in it ever not escaped, it still could do nothing.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    },
  });
}

function zoneOf(name: string | undefined): string {
  if (name === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

async function memoryOf(runtime: Runtime, scope: string): Promise<HistoryAnswer> {
  return revive(JSON.parse(await scopeAnswer(runtime, 'history', scope)) as HistoryAnswer);
}
