// The published API against the files under app/, against the recorded scenarios, and against what the server takes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../domain/cluster';
import { fleetRow } from '../domain/fleet';
import { buildSnapshot } from '../domain/snapshot';
import { readFrames } from '../server/collector/replay';
import { Sampler } from '../server/collector/sampler';
import { Feed } from '../server/feed';
import { snapshotSchema } from './cluster';
import { ERRORS } from './error-codes';
import { historySchema } from './history';
import { openapiDocument } from './openapi';
import { PATHS, pathOf } from './paths';
import { queryValues } from './query';
import type { RowOf } from './route-row';
import { ALL_ROUTES, ROUTES } from './routes';
import { fleetRowSchema, type ServerState, streamFrameSchema } from './stream';

const API = join(import.meta.dirname, '../../app/api');
const TESTDATA = join(import.meta.dirname, '../domain/testdata');

/** `GET /api/health`, from the names that the route files export. */
function routes(folder: string, path: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return routes(join(folder, entry.name), `${path}/${entry.name.replace(/^\[(.*)\]$/, '{$1}')}`);
    // next-auth's own, see docs/security.md.
    if (entry.name !== 'route.ts' || path.includes('nextauth')) return [];
    const exported = readFileSync(join(folder, entry.name), 'utf8').matchAll(
      /export const (GET|POST|PUT|PATCH|DELETE) /g,
    );
    return [...exported].map(([, method]) => `${method} ${path}`);
  });
}

/** true where a row of this key that lacks this is still a row: it must not compile then. */
type GoesWithout<K, Part extends string> = Omit<RowOf<K>, Part> extends RowOf<K> ? true : false;
const LACKING: readonly false[] = [
  false satisfies GoesWithout<'GET /api/x', 'access'>,
  false satisfies GoesWithout<'GET /api/x', 'summary'>,
  false satisfies GoesWithout<'GET /api/x', 'answer'>,
  false satisfies GoesWithout<'GET /api/x', 'errors'>,
  false satisfies GoesWithout<'POST /api/x', 'body'>,
  false satisfies RowOf<'GET /api/clusters/{scope}/x'> extends { access: { kind: 'scope' | 'action' } } ? false : true,
];

describe('the table of routes', () => {
  it('does not compile with a row that lacks its right, its words, its body, its answer or its errors', () => {
    expect(LACKING).not.toContain(true);
  });

  it('has a row for every route file and no other, and each file names its own', () => {
    const files = [...routes(API, '/api'), ...routes(join(API, '../metrics'), '/metrics')];
    expect(ALL_ROUTES.map(({ key }) => key).sort()).toEqual(files.sort());
    for (const key of files) {
      const [, path = ''] = key.split(' ');
      const file = join(API, '..', path.replaceAll('{', '[').replaceAll('}', ']'), 'route.ts');
      expect(readFileSync(file, 'utf8')).toContain(`route('${key}'`);
    }
  });
});

describe('a path of it', () => {
  it('takes its names in order, encoded', () => {
    expect(PATHS.note('demo/0', '../x')).toBe('/api/clusters/demo%2F0/notes/..%2Fx');
    expect(pathOf('/api/users/{name}', '50% $& {id}')).toBe('/api/users/50%25%20%24%26%20%7Bid%7D');
    expect(PATHS.health).toBe('/api/health');
  });
});

describe('a query', () => {
  const read = (key: keyof typeof ROUTES, text: string) => {
    const row = ALL_ROUTES.find((route) => route.key === key);
    if (row?.query == null) throw new Error('no query');
    return row.query.safeParse(queryValues(row.query, new URLSearchParams(text)));
  };
  const HISTORY = 'GET /api/clusters/{scope}/history';

  it('is an instant as milliseconds or with its offset, and nothing else', () => {
    const at = 1_790_000_000_000;
    for (const text of [String(at), new Date(at).toISOString()])
      expect(read('GET /api/clusters/{scope}/moment', `at=${text}`).data).toEqual({ at });
    expect(read(HISTORY, 'from=2026-11-21T03:00:00%2B01:00').data).toMatchObject({ from: Date.UTC(2026, 10, 21, 2) });
    for (const text of ['', 'yesterday', '-5', '2026-11-21', '2026-11-21T03:00:00', '2026-99-99T03:00:00Z', '1e3'])
      expect(read('GET /api/clusters/{scope}/moment', `at=${text}`).success).toBe(false);
    expect(read('GET /api/clusters/{scope}/moment', '').success).toBe(false);
  });

  it('has what is usual where nothing is said, and leaves out what nobody asked for', () => {
    expect(read(HISTORY, 'x=1').data).toEqual({ points: 300 });
    expect(read('GET /api/events', '').data).toEqual({ kind: [], limit: 100 });
    expect(read('GET /api/events', 'kind=paused&kind=resumed').data).toMatchObject({ kind: ['paused', 'resumed'] });
  });

  it('has bounds', () => {
    for (const text of ['0', '601', '1.5', 'many', '-1']) expect(read(HISTORY, `points=${text}`).success).toBe(false);
    expect(read('GET /api/access-log', 'limit=9999').data).toMatchObject({ limit: 500 });
    for (const text of ['0', '10000', 'x']) expect(read('GET /api/access-log', `limit=${text}`).success).toBe(false);
    const scopes = (count: number) => Array.from({ length: count }, (_, index) => `scope=s${index}`).join('&');
    expect(read('GET /api/stream', scopes(50)).success).toBe(true);
    expect(read('GET /api/stream', scopes(51)).success).toBe(false);
    for (const text of ['kind=odd', 'severity=bad', 'before=x', 'limit=0'])
      expect(read('GET /api/events', text).success).toBe(false);
    expect(read('GET /api/audit', 'format=xml').success).toBe(false);
    for (const text of ['scope=a%00', 'text=%00', 'before=1_%00'])
      expect(read('GET /api/events', text).success).toBe(false);
  });
});

describe('the published API', () => {
  const document = JSON.parse(JSON.stringify(openapiDocument('1.2.3')));

  it('says of a reason what the server asks of it', () => {
    const reasonOf = (path: string) =>
      document.paths[path].post.requestBody.content['application/json'].schema.properties.reason;
    for (const path of ['/api/clusters/{scope}/actions', '/api/clusters/{scope}/approvals', '/api/silences'])
      expect(reasonOf(path)).toMatchObject({ type: 'string', minLength: 3, maxLength: 2000 });
    const { body } = ROUTES['POST /api/alerts/{id}/acknowledge'];
    const taken = (reason: string) => body.safeParse({ reason, undo: false }).success;
    expect([' ab ', 'abc', 'x'.repeat(2000), 'x'.repeat(2001)].map(taken)).toEqual([false, true, true, false]);
  });

  it('says which names, queries and bodies must be there', () => {
    const moment = document.paths['/api/clusters/{scope}/moment'].get.parameters;
    expect(moment).toMatchObject([
      { name: 'scope', in: 'path', required: true },
      { name: 'at', in: 'query', required: true },
    ]);
    for (const { path, method, body } of ALL_ROUTES)
      expect(document.paths[path][method.toLowerCase()].requestBody?.required).toBe(body === null ? undefined : true);
  });

  it('names every status that the wrapper or the handler may answer', () => {
    const statuses = (path: string, method: string) => Object.keys(document.paths[path][method].responses);
    expect(statuses('/api/clusters/{scope}/actions', 'post')).toEqual([
      '200',
      '202',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '429',
      '500',
      '503',
    ]);
    expect(statuses('/api/wall/{key}', 'get')).toEqual(['200', '400', '403', '404', '429', '500']);
    expect(Object.values(ERRORS).every(({ status }) => status >= 400)).toBe(true);
  });

  it('is a document without a reference that leads nowhere', () => {
    const text = JSON.stringify(openapiDocument('1.2.3'));
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
    const known = Object.keys((JSON.parse(text) as { components: { schemas: object } }).components.schemas);
    expect([...new Set(references)].every((reference) => known.includes(reference ?? ''))).toBe(true);
  });

  it.each(readdirSync(TESTDATA).sort())('%s is sent exactly as it is described', (scenario) => {
    const sampler = new Sampler();
    let before: Snapshot | null = null;
    for (const raw of readFrames(join(TESTDATA, scenario))) {
      const built = buildSnapshot(raw, before, 12);
      before = built.snapshot;
      sampler.add(built.snapshot, built.changes);
    }
    if (before === null) throw new Error('no frames');
    const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(snapshotSchema.safeParse(sent(before)).error).toBeUndefined();
    expect(fleetRowSchema.safeParse(sent(fleetRow(before, sampler.spark(before.observedAt)))).error).toBeUndefined();
    expect(historySchema.safeParse(sent(sampler.history('demo', before.observedAt))).error).toBeUndefined();

    const state: ServerState = {
      ...{ now: 0, version: '1', scopes: 1, members: 3, configured: true, roundMs: null, intervalMs: 1000 },
      problems: [{ source: 'etcd', text: 'down' }],
    };
    const feed = new Feed({ state: () => state, limit: 1, onViewers: () => undefined });
    const kinds: string[] = [];
    const send = (kind: string, json: string): boolean => {
      expect(streamFrameSchema.safeParse(JSON.parse(json)).error).toBeUndefined();
      kinds.push(kind);
      return true;
    };
    feed.add({ scopes: new Set(['demo']), send, close: () => undefined });
    feed.publishRows([fleetRow(before, [null, 5])], ['gone']);
    feed.publishSnapshot('demo', 1, JSON.stringify(before));
    feed.beat();
    expect(kinds).toEqual(['hello', 'rows', 'snapshot', 'beat']);
  });
});
