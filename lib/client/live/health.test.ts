import { describe, expect, it } from 'vitest';
import { RequestFailed } from './fetch';
import { healthIn } from './health';

const whole = { ok: false, version: '1', store: { kind: 'embedded', state: 'down', error: 'disk full' } };

describe('the answer about Howdah itself', () => {
  it('is whole with 200 and with 503', () => {
    expect(healthIn(200, whole)).toMatchObject({ store: { state: 'down' } });
    expect(healthIn(503, whole)).toMatchObject({ store: { error: 'disk full' } });
  });

  it('says no more than that it lives to who may see nothing', () => {
    expect(healthIn(200, { ok: true })).toBeNull();
    expect(healthIn(503, { ok: false })).toBeNull();
  });

  it.each([
    [503, { code: 'not_ready', message: 'the session cannot be looked up: the store is away' }, /looked up/],
    [503, null, /answered 503/],
    [502, { message: { text: 'upstream' } }, /answered 502/],
    [503, { error: 'no healthy upstream' }, /answered 503/],
    [403, { ...whole, ok: true }, /answered 403/],
    [200, null, /answered 200/],
    [200, 'ok', /answered 200/],
  ])('%i %j is a refusal, never a health', (status, body, words) => {
    expect(() => healthIn(status, body)).toThrow(RequestFailed);
    expect(() => healthIn(status, body)).toThrow(words);
  });
});
