import { beforeAll, describe, expect, it } from 'vitest';
import { log } from './log';
import { json, Refusal, route, scopeParam } from './route';

const request = new Request('http://127.0.0.1/api/clusters/demo?password=hunter2');
const answer = (handler: () => Response | Promise<Response>): Promise<Response> =>
  route(handler)(request, { params: Promise.resolve({}) });

beforeAll(() => {
  log.level = 'silent';
});

describe('a route', () => {
  it('passes the answer of its handler on, never cached', async () => {
    const response = await answer(() => json({ a: 1 }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ a: 1 });
  });

  it.each([
    ['bad_request', 400],
    ['not_found', 404],
    ['too_many_streams', 429],
    ['not_ready', 503],
  ] as const)('answers a refusal %s with %i, its code, its words and its details', async (code, status) => {
    const response = await answer(() => {
      throw new Refusal(code, 'because', { known: ['demo'] });
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code, message: 'because', details: { known: ['demo'] } });
  });

  it('tells nothing of an error it did not expect: no message, no stack, no path', async () => {
    for (const thrown of [
      new Error('postgres://admin:hunter2@10.0.0.1 failed'),
      'hunter2',
      null,
      { secret: 'hunter2' },
    ]) {
      const response = await answer(() => {
        throw thrown;
      });
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['code', 'message']);
      expect(text).not.toMatch(/hunter2|10\.0\.0\.1|\.ts|at /);
    }
  });

  it('does the same when the promise of its handler or of its parameters fails', async () => {
    expect((await answer(() => Promise.reject(new Error('hunter2')))).status).toBe(500);
    const params = Promise.reject(new Error('hunter2'));
    expect((await route(() => json({}))(request, { params })).status).toBe(500);
  });
});

describe('the scope of a path', () => {
  it('is decoded once', () => {
    expect(scopeParam({ scope: 'demo%2F0' })).toBe('demo/0');
    expect(scopeParam({ scope: 'a b' })).toBe('a b');
  });

  it('is refused when empty, too long or not decodable', () => {
    for (const scope of ['', 'x'.repeat(201), '%', '%E0%A4%A']) expect(() => scopeParam({ scope })).toThrow(Refusal);
  });
});
