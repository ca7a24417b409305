// Every route and every action, by everybody: the matrix of rights as the handlers under app/ really answer. What is expected stands
// in rights.matrix.txt, written by people and by nothing else: a line that differs is shown, to be understood and typed. A route
// that is not in the table, or a role that suddenly may more, is such a line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALL_ROUTES, type RouteKey, routeOf } from '../contract/routes';
import type { Grant, Role } from '../domain/access/access';
import { ACTION_KINDS, type ActionKind } from '../domain/action-kind';
import type { ActionRequest } from '../domain/actions/action';
import { Limits } from './edge/limits';
import { log } from './log';
import { Refusal } from './route';

const APP = join(import.meta.dirname, '../../app');
const MATRIX = join(import.meta.dirname, 'rights.matrix.txt');
/** The cluster of the paths; its source has the label env=prod. */
const SCOPE = 'orders';
const SOURCE = 'main';

const all = (role: Role): readonly Grant[] => [{ role, scopes: null, labels: {} }];
const prod = (role: Role): readonly Grant[] => [{ role, scopes: null, labels: { env: 'prod' } }];
const qa = (role: Role): readonly Grant[] => [{ role, scopes: null, labels: { env: 'qa' } }];
const CALLERS: Readonly<Record<string, readonly Grant[] | null>> = {
  nobody: null,
  'no role': [],
  viewer: all('viewer'),
  operator: all('operator'),
  admin: all('admin'),
  'viewer here': prod('viewer'),
  'operator here': prod('operator'),
  'admin here': prod('admin'),
  'viewer elsewhere': qa('viewer'),
  'operator elsewhere': qa('operator'),
  'admin elsewhere': qa('admin'),
  'viewer token': all('viewer'),
  'admin token': all('admin'),
};
const isToken = (name: string): boolean => name.endsWith(' token');

const REQUESTS: Readonly<Record<ActionKind, ActionRequest>> = {
  switchover: { kind: 'switchover', candidate: 'n2', scheduledAt: null },
  cancel_switchover: { kind: 'cancel_switchover' },
  failover: { kind: 'failover', candidate: 'n2' },
  pause: { kind: 'pause', owner: null, until: null, autoResume: false },
  resume: { kind: 'resume' },
  edit_config: { kind: 'edit_config', baseRevision: null, baseDigest: null, value: {}, text: null },
  restart: { kind: 'restart', members: ['n1'], onlyPending: false, scheduledAt: null, timeoutSeconds: null },
  rolling_restart: { kind: 'rolling_restart', onlyPending: false },
  cancel_restart: { kind: 'cancel_restart', member: 'n1' },
  reload: { kind: 'reload', members: ['n1'] },
  reinitialize: { kind: 'reinitialize', member: 'n2', fromLeader: false, force: false, override: false },
  demote_cluster: { kind: 'demote_cluster', host: 'h', port: 5432, restoreCommand: null, primarySlotName: null },
  promote_cluster: { kind: 'promote_cluster' },
  end_session: {
    ...{ kind: 'end_session', member: 'n1', pid: 7, how: 'terminate' },
    backendStart: '2026-11-30T12:00:00.000000Z',
  },
  maintenance: {
    ...{ kind: 'maintenance', step: 'begin', member: null },
    plan: { members: ['n2', 'n1'], work: 'kernel', minutes: 30 },
  },
};

const BEHIND = 'behind the gate';

/** What stands behind the gate: whoever gets so far was let through. */
function behind(known: object): object {
  return new Proxy(known, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      if (name === 'then') return undefined;
      throw new Refusal('not_found', `${BEHIND}: ${String(name)}`);
    },
  });
}

function installRuntime(name: string, grants: readonly Grant[] | null, owesFactor = false, more: object = {}): void {
  const by = isToken(name)
    ? { kind: 'token', name: 'somebody by token ci', sessionId: null, token: 'ci' }
    : { kind: 'user', name: 'somebody', sessionId: 's1', token: null };
  const caller = { ...by, userId: 'u1', address: null, grants, owesFactor };
  const row = { scope: SCOPE, source: SOURCE, labels: { env: 'prod' } };
  const door = behind({
    authenticate: async () => (grants === null ? null : { caller, known: null }),
    accounts: behind({ admins: async () => [] }),
    approvals: behind({ find: async () => ({ scope: SCOPE, request: REQUESTS.switchover, state: 'waiting' }) }),
  });
  const runtime = behind({
    config: {
      auth: { kind: 'sign_in', secondFactor: { required: [] } },
      listen: { host: '127.0.0.1', port: 3000, names: [] },
      publicUrl: 'http://127.0.0.1:3000',
      approvals: [{ actions: null, scopes: null, labels: {}, minutes: 15 }],
      operator: 'tester',
      backups: { push: [] },
      runbooks: null,
      links: [],
    },
    feed: behind({ row: (scope: string) => (scope === SCOPE ? row : null), rows: () => [row] }),
    limits: new Limits(() => Date.now() * 1000),
    door: async () => door,
    ...more,
  });
  (globalThis as Record<symbol, unknown>)[Symbol.for('howdah.runtime')] = runtime;
}

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

async function handlerOf(key: string): Promise<Handler> {
  const [method = '', path = ''] = key.split(' ');
  const file = join(APP, path.replaceAll('{', '[').replaceAll('}', ']'), 'route.ts');
  const found: Record<string, Handler> = await import(pathToFileURL(file).href);
  const handler = found[method];
  if (handler === undefined) throw new Error(`${file} has no ${method}`);
  return handler;
}

/** `ok`: let through to what stands behind, or to be told what is wrong with the question. What broke is its status. */
async function ask(key: string, body: unknown): Promise<string> {
  const [method = '', path = ''] = key.split(' ');
  const params = { scope: SCOPE, source: SOURCE, id: 'x1', name: 'bob', key: 'k1', language: 'ru', area: 'desk' };
  const url = `http://127.0.0.1:3000${path.replace(/\{(\w+)\}/g, (_, name: keyof typeof params) => params[name])}`;
  const init =
    method === 'GET'
      ? {}
      : {
          method,
          headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          body: JSON.stringify(body ?? {}),
        };
  const handler = await handlerOf(key);
  const answer = await handler(new Request(url, init), { params: Promise.resolve(params) });
  const { message = '' }: { message?: string } = await answer.json().catch(() => ({}));
  if (answer.status === 401 || answer.status === 403) return String(answer.status);
  if (answer.status === 404 && /^no (cluster|source)/.test(message)) return '404';
  return answer.status < 400 || answer.status === 400 || message.startsWith(BEHIND) ? 'ok' : String(answer.status);
}

const order = (request: ActionRequest) => ({
  request,
  token: 't',
  reason: 'because it is tested',
  confirmation: null,
  idempotencyKey: 'matrix-key-1',
});

/** Where a handler asks again about the cluster that the body or the id turns out to mean. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/mcp': { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  'POST /api/approvals/{id}/approve': { token: 't', confirmation: null, idempotencyKey: 'matrix-key-1' },
  'POST /api/approvals/{id}/decline': { words: null },
};

const ROWS: readonly { readonly key: string; readonly about: string; readonly body: unknown }[] = [
  ...ALL_ROUTES.filter(({ access }) => access.kind !== 'action').map(({ key }) => ({
    key,
    about: key,
    body: BODIES[key] ?? {},
  })),
  ...ACTION_KINDS.flatMap((kind) => [
    { key: 'POST /api/clusters/{scope}/actions', about: `action ${kind}`, body: order(REQUESTS[kind]) },
    {
      key: 'POST /api/clusters/{scope}/approvals',
      about: `ask for a second person: ${kind}`,
      body: { request: REQUESTS[kind], reason: 'because it is tested' },
    },
  ]),
];

const cells = new Map<string, Map<string, string>>();

describe('the matrix of rights', () => {
  beforeAll(async () => {
    log.level = 'silent';
    for (const [name, grants] of Object.entries(CALLERS)) {
      installRuntime(name, grants);
      for (const { key, about, body } of ROWS) {
        const line = cells.get(about) ?? new Map<string, string>();
        cells.set(about, line.set(name, await ask(key, body)));
      }
    }
    return () => {
      Reflect.deleteProperty(globalThis, Symbol.for('howdah.runtime'));
    };
  }, 120_000);

  it('is the one that was read and agreed on', () => {
    const names = Object.keys(CALLERS);
    const width = Math.max(...ROWS.map(({ about }) => about.length)) + 2;
    const text = [
      ''.padEnd(width) + names.map((name) => name.padEnd(20)).join(''),
      ...[...cells].map(
        ([about, line]) => about.padEnd(width) + names.map((name) => (line.get(name) ?? '').padEnd(20)).join(''),
      ),
    ]
      .map((line) => line.trimEnd())
      .join('\n');
    expect(`${text}\n`).toBe(readFileSync(MATRIX, 'utf8'));
  });

  it.each(ALL_ROUTES)('$key lets nobody in who is not known, but where it is public', ({ key, access }) => {
    const rows = ROWS.filter((row) => row.key === key);
    expect(rows.length).toBeGreaterThan(0);
    const open = access.kind === 'public' || access.kind === 'wall';
    for (const { about } of rows) expect(cells.get(about)?.get('nobody')).toBe(open ? 'ok' : '401');
  });

  it('answers a cluster that one may not see as if there were none', () => {
    for (const { key, about } of ROWS) {
      if (!key.includes('{scope}')) continue;
      for (const name of ['no role', 'viewer elsewhere', 'operator elsewhere', 'admin elsewhere'])
        expect(`${about}: ${cells.get(about)?.get(name)}`).toBe(`${about}: 404`);
    }
  });

  it('lets no token make or change accounts, grants, factors, sessions, tokens, walls and second persons', () => {
    const people =
      /^(POST|PUT|DELETE) .*(\/me\/|\/users|\/tokens|\/walls|\/push|approvals)|^ask for a second person|\/sessions$/;
    for (const [about, line] of cells)
      if (people.test(about)) expect(`${about}: ${line.get('admin token')}`).toBe(`${about}: 403`);
  });

  it('takes a token nowhere but where the row of the route says so', () => {
    for (const { key, tokens } of ALL_ROUTES.filter(({ access }) => access.kind !== 'reporter'))
      for (const { about } of ROWS.filter((row) => row.key === key)) {
        const [person, token] = [cells.get(about)?.get('admin'), cells.get(about)?.get('admin token')];
        expect(`${about}: ${token}`).toBe(`${about}: ${tokens ? person : '403'}`);
      }
  });

  describe.each(['admin', 'admin token'])('where a second factor is owed, for the %s,', (name) => {
    const way = [
      ...['GET /api/me', 'POST /api/me/sign-out', 'POST /api/me/totp', 'POST /api/me/totp/confirm'],
      ...['GET /api/me/passkeys', 'POST /api/me/passkeys/question', 'POST /api/me/passkeys'],
    ];

    it.each(ROWS)(
      '$about is closed unless it leads to one, and public ones say what they say to anybody',
      async (row) => {
        installRuntime(name, CALLERS[name] ?? null, true);
        const { access } = routeOf(row.key as RouteKey);
        const isOpen = access.kind === 'public' || access.kind === 'wall';
        const may = isOpen || (name === 'admin' && way.includes(row.key));
        const closed = access.kind === 'reporter' ? '401' : '403';
        expect(await ask(row.key, row.body)).toBe(may ? 'ok' : closed);
      },
    );
  });

  it.each(['no role', 'viewer elsewhere', 'admin'])(
    'tells of the record itself to who has a role: %s',
    async (name) => {
      const journal = {
        entries: 7,
        head: 'abc',
        problem: null,
        breaches: [{ id: 'b', file: 'aside.jsonl', found: ['x'] }],
      };
      const audit = async () => ({ rows: [], next: null, from: 'store', journal });
      installRuntime(name, CALLERS[name] ?? null, false, { actions: async () => ({ audit }) });
      const handler = await handlerOf('GET /api/audit');
      const answer = await handler(new Request('http://127.0.0.1:3000/api/audit'), { params: Promise.resolve({}) });
      const nothing = { entries: 0, head: null, problem: null, breaches: [] };
      expect((await answer.json()).journal).toEqual(name === 'no role' ? nothing : journal);
    },
  );

  it('never gives a role less than the one below it', () => {
    for (const [about, line] of cells)
      for (const where of ['', ' here', ' elsewhere']) {
        const may = ['viewer', 'operator', 'admin'].map((role) => line.get(`${role}${where}`) === 'ok');
        expect(`${about}${where}: ${may}`).toBe(`${about}${where}: ${[...may].sort()}`);
      }
  });

  it('lets a viewer change nothing that is not their own', () => {
    // To whoever has no token for it, reports of backups answer as to nobody. The assistant's tools only read: lib/server/mcp/tools.ts.
    const own = /^POST \/api\/(backups$|me\/|setup|sign-in\/passkey|tokens|push|mcp$|approvals\/\{id\}\/withdraw)/;
    for (const { about } of ROWS) {
      const changes = !about.startsWith('GET ') && !about.endsWith('/preflight');
      if (changes && !own.test(about)) expect(`${about}: ${cells.get(about)?.get('viewer')}`).toBe(`${about}: 403`);
    }
  });
});
