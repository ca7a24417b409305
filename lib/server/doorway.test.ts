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
    ['a form', { body: '{}', type: 'text/plain' }, 'got text/plain'],
    ['another type', { body: '{}', type: 'application/jsonp' }, 'application/jsonp'],
    ['too short a reason', { body: '{"reason":" ab ","undo":false}' }, 'reason: expected a reason of 3 to 2000'],
    ['something unknown', { body: '{"reason":"abc","undo":false,"x":1}' }, 'not what was expected'],
  ])('that is %s is refused in words', async (_name, sent, words) => {
    const found = await reach(KEY, { params, ...sent });
    expect(found).toMatchObject({ status: 400, asked: null, refusal: { code: 'bad_request' } });
    expect(found.refusal.message).toContain(words);
  });
});
