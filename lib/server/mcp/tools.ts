// What an assistant may ask: reading routes of the table, under names that say what they are for. A tool takes what its route takes, so
// that rights, limits and what is wrong with a question are the route's own. None writes.
import { z } from 'zod';
import { type RouteKey, routeOf } from '../../contract/routes';

type ReadKey = Extract<RouteKey, `GET ${string}`>;

export const TOOLS = {
  list_clusters: 'GET /api/clusters',
  cluster_now: 'GET /api/clusters/{scope}',
  cluster_at: 'GET /api/clusters/{scope}/moment',
  events: 'GET /api/events',
  incident: 'GET /api/clusters/{scope}/incident',
  leadership: 'GET /api/clusters/{scope}/leadership',
  history: 'GET /api/clusters/{scope}/history',
  configuration: 'GET /api/clusters/{scope}/config',
  configuration_revisions: 'GET /api/clusters/{scope}/config/revisions',
  activity: 'GET /api/clusters/{scope}/members/{name}/activity',
  actions: 'GET /api/clusters/{scope}/actions',
  alerts: 'GET /api/alerts',
  audit: 'GET /api/audit',
} as const satisfies Readonly<Record<string, ReadKey>>;

export type ToolName = keyof typeof TOOLS;
export type ToolRoute = (typeof TOOLS)[ToolName];

export const isTool = (name: string): name is ToolName => Object.hasOwn(TOOLS, name);

/** Those of a file are for people: an assistant reads JSON, and an incident as Markdown. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = { audit: ['format'], incident: ['format', 'language'] };
const ALWAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = { incident: { format: 'md' } };

export const namesIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const PATH_NAMES: Readonly<Record<string, string>> = {
  scope: 'a cluster, as list_clusters calls it',
  name: 'a member, as cluster_now calls it',
};

/** As tools/list has it. */
export function describeTools(): object[] {
  return Object.entries(TOOLS).map(([name, key]) => {
    const { path, query, summary, description } = routeOf(key);
    const whole = query === null ? { properties: {}, required: [] } : z.toJSONSchema(query, { io: 'input' });
    const left = LEFT_OUT[name] ?? [];
    const taken = Object.entries(whole.properties ?? {}).filter(([each]) => !left.includes(each));
    const inPath = namesIn(path);
    return {
      name,
      title: summary,
      description: description === null ? summary : `${summary}. ${description}`,
      inputSchema: {
        type: 'object',
        properties: {
          ...Object.fromEntries(inPath.map((each) => [each, { type: 'string', description: PATH_NAMES[each] }])),
          ...Object.fromEntries(taken),
        },
        required: [...inPath, ...(whole.required ?? []).filter((each) => !left.includes(each))],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    };
  });
}

/** What the route is asked; a string: what is wrong with the arguments. */
export function questionOf(
  name: ToolName,
  given: Readonly<Record<string, unknown>>,
): { readonly params: Readonly<Record<string, string>>; readonly search: URLSearchParams } | string {
  const { path, query } = routeOf(TOOLS[name]);
  const inPath = namesIn(path);
  const inQuery = Object.keys(query?.shape ?? {}).filter((each) => !LEFT_OUT[name]?.includes(each));
  const unknown = Object.keys(given).find((each) => !inPath.includes(each) && !inQuery.includes(each));
  if (unknown !== undefined)
    return `expected ${[...inPath, ...inQuery].join(', ') || 'no arguments'}, got ${unknown.slice(0, 80)}`;
  const params: Record<string, string> = {};
  for (const each of inPath) {
    const value = given[each];
    if (typeof value !== 'string' || value === '') return `expected ${each}: ${PATH_NAMES[each]}`;
    params[each] = value;
  }
  const search = new URLSearchParams(ALWAYS[name]);
  for (const each of inQuery) {
    const value = given[each];
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!['string', 'number', 'boolean'].includes(typeof one))
        return `expected ${each} as text, a number or a list of them`;
      search.append(each, String(one));
    }
  }
  return { params, search };
}
