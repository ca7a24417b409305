// What the wrapper of every route reads before a handler runs: names in the path, the query, the body. Who may ask is in rights.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteKey } from '../contract/routes';
import { type Asked, route } from './doorway';
import { Limits } from './edge/limits';
import { log } from './log';

const RUNTIME = Symbol.for('howdah.runtime');

beforeEach(() => {
  log.level = 'silent';
  const runtime = {
    config: { auth: { kind: 'none' }, operator: 'tester', approvals: [] },
    feed: { row: () => null, rows: () => [] },
    limits: new Limits(() => 0),
  };
  Reflect.set(globalThis, RUNTIME, runtime);
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, RUNTIME);
});

interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: string;
  readonly type?: string | null;
}

/** What the handler was given, or how it was refused before. */
async function reach<K extends RouteKey>(key: K, { params = {}, query = '', body, type = 'application/json' }: Sent) {
  const got: Asked<K>[] = [];
  const handler = route(key, (asked) => {
    got.push(asked);
    return new Response('{}');
  });
  const headers = type === null ? {} : { 'content-type': type };
  const init = key.startsWith('POST ') ? { method: 'POST', headers, body: body ?? null } : {};
  const answer = await handler(new Request(`http://127.0.0.1:3000/x${query}`, init), {
    params: Promise.resolve(params),
  });
  return { status: answer.status, refusal: await answer.json(), asked: got[0] ?? null };
}

describe('the names in a path', () => {
  it.each(['demo', 'demo/0', '..', '__proto__', 'constructor', 'a b', 'a%20b', '50%', '%ff', 'пример'])(
    'reach the handler as Next decoded them: %s',
    async (scope) => {
      const params = { scope, id: scope };
      const { asked } = await reach('GET /api/clusters/{scope}/actions/{id}', { params });
      expect(asked?.params).toEqual({ scope, id: scope });
    },
  );

  it.each(['', 'a\0b', 'x'.repeat(201)])('are refused when they are none: %s', async (part) => {
    for (const params of [
      { scope: part, id: 'x' },
      { scope: 'demo', id: part },
    ])
      expect(await reach('GET /api/clusters/{scope}/actions/{id}', { params })).toMatchObject({
        status: 400,
        refusal: { code: 'bad_request' },
        asked: null,
      });
    expect((await reach('POST /api/receivers/{name}/test', { params: { name: part }, body: '{}' })).status).toBe(400);
  });
});

describe('a query', () => {
  it('reaches the handler as what it means', async () => {
    const params = { scope: 'demo' };
    const { asked } = await reach('GET /api/clusters/{scope}/history', { params, query: '?from=5&points=7&odd=1' });
    expect(asked?.query).toEqual({ from: 5, points: 7 });
  });

  it('that is wrong is refused in words', async () => {
    const found = await reach('GET /api/clusters/{scope}/moment', { params: { scope: 'demo' }, query: '?at=noon' });
    expect(found).toMatchObject({
      status: 400,
      asked: null,
      refusal: {
        code: 'bad_request',
        message: 'the query is not what was expected: at: expected epoch milliseconds, or an instant with its offset',
        details: { problems: [{ path: 'at' }] },
      },
    });
  });
});

describe('a body', () => {
  const KEY = 'POST /api/alerts/{id}/acknowledge';
  const params = { id: 'a1' };

  it('reaches the handler as its schema reads it', async () => {
    const body = JSON.stringify({ reason: '  on it ', undo: false });
    expect((await reach(KEY, { params, body })).asked?.body).toEqual({ reason: 'on it', undo: false });
    const type = 'application/json; charset=utf-8';
    expect((await reach(KEY, { params, body, type })).status).toBe(200);
  });

  it.each([
    ['no JSON', { body: '{' }, 'valid JSON'],
    ['nothing', {}, 'valid JSON'],
    ['too short a reason', { body: '{"reason":" ab ","undo":false}' }, 'reason: expected a reason of 3 to 2000'],
    ['something unknown', { body: '{"reason":"abc","undo":false,"x":1}' }, 'not what was expected'],
  ])('that is %s is refused in words', async (_name, sent, words) => {
    const found = await reach(KEY, { params, ...sent });
    expect(found).toMatchObject({ status: 400, asked: null, refusal: { code: 'bad_request' } });
    expect(found.refusal.message).toContain(words);
  });
});

describe('a body of another type', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'got application/x-www-form-urlencoded'],
    ['text', 'text/plain', 'got text/plain'],
    ['nearly JSON', 'application/jsonp', 'got application/jsonp'],
    ['no type', '', 'got none'],
  ])('is refused as such, before it is read: %s', async (_name, type, words) => {
    const sent = { params: { id: 'a1' }, body: '{"reason":"on it","undo":false}', type };
    const found = await reach('POST /api/alerts/{id}/acknowledge', sent);
    expect(found).toMatchObject({ status: 415, asked: null, refusal: { code: 'unsupported_type' } });
    expect(found.refusal.message).toContain(words);
  });
});

describe('somebody who owes a second factor', () => {
  const refused: { kind: string; what: string }[] = [];
  const caller = { kind: 'user', name: 'anna', userId: 'u', sessionId: 's', token: null, address: null };
  const ask = async (key: 'GET /api/health' | 'GET /api/clusters' | 'GET /api/me', owesFactor: boolean) => {
    const grants = [{ role: 'admin', scopes: null, labels: {} }];
    const runtime = {
      config: { auth: { kind: 'sign_in' }, operator: 'tester', approvals: [] },
      feed: { row: () => null, rows: () => [] },
      limits: new Limits(() => 0),
      door: async () => ({
        authenticate: async () => ({ caller: { ...caller, grants, owesFactor }, known: null }),
        accounts: { admins: async () => [] },
        refusals: { note: async (note: { kind: string; what: string }) => void refused.push(note) },
      }),
    };
    Reflect.set(globalThis, RUNTIME, runtime);
    return reach(key, {});
  };

  it('is told where to set it, and nothing of a public route that nobody else is told', async () => {
    expect(await ask('GET /api/clusters', true)).toMatchObject({ status: 403, asked: null });
    expect((await ask('GET /api/clusters', true)).refusal.message).toContain('on the page Account');
    expect((await ask('GET /api/me', true)).asked?.gate.name).toBe('anna');
    expect((await ask('GET /api/health', true)).asked?.gate.isSignedIn).toBe(false);
    expect((await ask('GET /api/health', false)).asked?.gate.isSignedIn).toBe(true);
    expect((await ask('GET /api/clusters', false)).status).toBe(200);
  });

  it('raises no alert by a page that goes on asking', async () => {
    refused.length = 0;
    await ask('GET /api/clusters', true);
    await expect.poll(() => refused).toMatchObject([{ kind: 'input', what: 'GET /api/clusters: forbidden' }]);
  });
});

describe('guesses of tokens', () => {
  const KEY = 'GET /api/clusters';
  const ask = async (headers: Readonly<Record<string, string>>, peer = '10.0.0.9'): Promise<Response> => {
    const handler = route(KEY, () => new Response('{}'));
    const request = new Request('http://127.0.0.1:3000/api/clusters', {
      headers: { ...headers, 'x-howdah-peer': peer },
    });
    return handler(request, { params: Promise.resolve({}) });
  };
  const guess = (number: number, peer?: string) => ask({ authorization: `Bearer guess-${number}` }, peer);

  beforeEach(() => {
    const runtime = {
      config: { auth: { kind: 'sign_in' }, operator: 'tester', approvals: [] },
      feed: { row: () => null, rows: () => [] },
      limits: new Limits(() => 0),
      door: async () => ({ authenticate: async () => null, accounts: { admins: async () => [] } }),
    };
    Reflect.set(globalThis, RUNTIME, runtime);
  });

  it('cost an address what guesses of passwords do: after twenty it waits', async () => {
    const statuses: number[] = [];
    for (let number = 0; number < 25; number += 1) statuses.push((await guess(number)).status);
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
    const refused = await guess(99);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' });
  });

  it('cost no other address anything, and who brings no token guesses none', async () => {
    for (let number = 0; number < 21; number += 1) await guess(number);
    expect((await guess(0, '10.0.0.10')).status).toBe(401);
    for (let number = 0; number < 30; number += 1) expect((await ask({}, '10.0.0.11')).status).toBe(401);
  });
});
