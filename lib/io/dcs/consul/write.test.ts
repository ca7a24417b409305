// What is asked of Consul by a commit, and what each of its answers means: certainly not written, or perhaps.
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Commit } from '../port';
import { type Asked, say, TestConsul } from './test-consul';
import { ConsulWriter } from './write';

let consul: TestConsul;
let writer: ConsulWriter;

beforeEach(async () => {
  consul = await new TestConsul().start();
  consul.put('service/demo/initialize', '1');
  consul.put('service/demo/leader', 'n1', 's1');
  consul.put('service/demo/config', '{"ttl":30}');
  writer = new ConsulWriter({
    kind: 'consul',
    hosts: [consul.url],
    namespace: '/service/',
    token: null,
    datacenter: null,
    tls: null,
  });
});
afterEach(async () => {
  writer.close();
  await consul.stop();
});

const COMMIT: Commit = {
  compare: { failover: '0', config: '13' },
  leader: { holder: 'n1' },
  put: { failover: '{"leader":"n1","member":"n2"}' },
};
const transactions = (): readonly Asked[] => consul.asked.filter(({ path }) => path === '/v1/txn');
const answers = (answer: (response: ServerResponse) => void): void => {
  consul.bend = ({ path }, response) => {
    if (path !== '/v1/txn') return false;
    answer(response);
    return true;
  };
};

describe('a commit in Consul', () => {
  it('is one transaction that compares indexes', async () => {
    answers((response) => say(response, 200, '{"Results":[{"KV":{"ModifyIndex":11}},{"KV":{"ModifyIndex":44}}]}'));
    expect(await writer.commit('demo', COMMIT)).toMatchObject({ kind: 'committed', revision: '44' });
    const operations = (JSON.parse(transactions()[0]?.body ?? '[]') as { KV: object }[]).map(({ KV }) => KV);
    expect(operations).toEqual([
      { Verb: 'get', Key: 'service/demo/initialize' },
      { Verb: 'check-index', Key: 'service/demo/leader', Index: 12 },
      { Verb: 'check-not-exists', Key: 'service/demo/failover' },
      { Verb: 'check-index', Key: 'service/demo/config', Index: 13 },
      {
        Verb: 'set',
        Key: 'service/demo/failover',
        Value: Buffer.from(COMMIT.put.failover ?? '').toString('base64'),
      },
    ]);
  });

  it('for a leader that nobody is compares that the key is absent', async () => {
    consul.remove('service/demo/leader');
    answers((response) => say(response, 200, '{"Results":[]}'));
    await writer.commit('demo', { ...COMMIT, leader: 'nobody' });
    expect(transactions()[0]?.body).toContain('{"Verb":"check-not-exists","Key":"service/demo/leader"}');
  });

  it('is not even sent where another one leads', async () => {
    expect(await writer.commit('demo', { ...COMMIT, leader: { holder: 'n2' } })).toMatchObject({
      kind: 'changed',
      now: { leader: { value: 'n1', version: '12' } },
    });
    expect(transactions()).toEqual([]);
  });

  const failed = (what: string): string => `{"Results":null,"Errors":[{"OpIndex":2,"What":"${what}"}]}`;
  it.each([
    ['changed', 409, failed('failed index check for key, current modify index 80 != 1'), ''],
    ['failed', 409, failed("Permission denied: token lacks permission 'key:write'"), 'permission denied'],
    [
      'failed',
      403,
      "Permission denied: token lacks permission 'key:write'",
      'key "service/demo/failover" { policy = "write" }',
    ],
    ['failed', 403, 'ACL not found', 'it does not know the token'],
    ['failed', 413, 'Request body too large', 'the value is too large'],
    ['failed', 400, 'Failed to parse body', 'answers 400'],
    ['unknown', 500, 'No cluster leader', 'it knows no leader'],
    ['unknown', 500, 'leadership lost while committing log', 'answers 500'],
    ['unknown', 503, '', 'answers 503'],
  ])('is %s after %i %s', async (kind, status, body, words) => {
    answers((response) => say(response, status, body));
    const result = await writer.commit('demo', COMMIT);
    expect(result.kind).toBe(kind);
    expect('error' in result ? String(result.error.message) : '').toContain(words);
    expect(transactions()).toHaveLength(1);
  });

  it('is not known when the connection ends without an answer, and is sent once', async () => {
    answers((response) => void response.destroy());
    expect(await writer.commit('demo', COMMIT)).toMatchObject({ kind: 'unknown', error: { kind: 'closed' } });
    expect(transactions()).toHaveLength(1);
  });

  it('fails before it is sent where nothing is read: no leader, no right', async () => {
    consul.leader = '';
    expect(await writer.commit('demo', COMMIT)).toMatchObject({ kind: 'failed', error: { kind: 'timeout' } });
    consul.leader = '10.0.0.1:8300';
    consul.denies = true;
    expect(await writer.commit('demo', COMMIT)).toMatchObject({ kind: 'failed', error: { kind: 'denied' } });
    expect(transactions()).toEqual([]);
  });

  it('keeps dots in a scope: they are no folders', async () => {
    consul.put('leader', 'another cluster');
    expect((await writer.current('../..')).leader).toBeNull();
    expect(consul.asked.some(({ path }) => path === '/v1/kv/service/../../leader')).toBe(true);
  });

  it('has no past', async () => {
    expect(await writer.past()).toEqual([]);
  });
});
