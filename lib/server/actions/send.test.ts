// What a write to the DCS that went wrong means: certainly not written, or perhaps; and how a leader is woken, in what order.
import { describe, expect, it, test } from 'vitest';
import { bind } from '../../domain/actions/bound';
import type { DcsCall } from '../../domain/actions/plan';
import type { HttpAnswer, Reading } from '../../domain/raw';
import { failure } from '../../domain/reading-failure';
import { steady } from '../../domain/testkit';
import type { JsonObject } from '../../domain/wire/loose';
import type { Commit, CommitResult, CurrentKeys } from '../../io/dcs/port';
import type { ClusterReach } from './reach';
import { commitCall, wake } from './send';

const snapshot = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const bound = { ...bind(snapshot), failoverRevision: '7', configRevision: '8', syncRevision: '0' };
const call: DcsCall = {
  way: 'dcs',
  compare: ['failover', 'sync', 'config'],
  leader: { holder: 'n1' },
  key: 'failover',
  value: '{"leader":"n1","member":"n2"}',
  wake: 'n1',
};
const keys = (change: Partial<CurrentKeys> = {}): CurrentKeys => ({
  leader: { value: 'n1', version: '5' },
  failover: { value: '{}', version: '7' },
  config: { value: '{"ttl":30}', version: '8' },
  sync: null,
  ...change,
});

interface Told {
  readonly commits: Commit[];
  readonly patches: string[];
}

function reach(
  result: CommitResult,
  now: CurrentKeys = keys(),
  answer: Reading<HttpAnswer> | null = null,
): { readonly to: ClusterReach; readonly told: Told } {
  const told: Told = { commits: [], patches: [] };
  const to = {
    dcsScope: 'demo',
    dcs: {
      current: async () => now,
      commit: async (_scope: string, commit: Commit) => {
        told.commits.push(commit);
        return result;
      },
    },
    patroni: {
      send: async (_url: string, method: string, path: string, body: unknown) => {
        told.patches.push(`${method} ${path} ${JSON.stringify(body)}`);
        return answer;
      },
    },
  } as unknown as ClusterReach;
  return { to, told };
}
const ok: CommitResult = { kind: 'committed', revision: '9', tookMs: 3 };
const http = (status: number): Reading<HttpAnswer> => ({
  ok: true,
  value: { status, body: '{}', date: null },
  at: 1,
  tookMs: 1,
});

describe('one transaction', () => {
  it('compares every key that was seen, names the leader, puts one key', async () => {
    const { to, told } = reach(ok);
    expect(await commitCall(call, bound, to)).toMatchObject({ kind: 'sent', revision: '9' });
    expect(told.commits).toEqual([
      { compare: { failover: '7', sync: '0', config: '8' }, leader: { holder: 'n1' }, put: { failover: call.value } },
    ]);
  });

  describe('on /config', () => {
    const STORED = '{"ttl": 30,"maximum_lag_on_failover":9007199254740993,"postgresql":{"parameters":{"a":1.0}}}';
    const write = (value: JsonObject): DcsCall => ({
      ...call,
      compare: ['config'],
      leader: null,
      key: 'config',
      value: JSON.stringify(value),
      wake: null,
    });
    const stored = keys({ config: { value: STORED, version: '8' } });

    it('keeps every byte but those of the leaf that changed', async () => {
      const { to, told } = reach(ok, stored);
      await commitCall(write({ ...(JSON.parse(STORED) as JsonObject), pause: true }), bound, to);
      expect(told.commits[0]?.put).toEqual({ config: STORED.replace(/}$/, ',"pause":true}') });
    });

    it('writes nothing over another revision than the one that was seen, or over one that cannot be read', async () => {
      const { to, told } = reach(ok, keys({ config: { value: STORED, version: '9' } }));
      expect(await commitCall(write({ ttl: 40 }), bound, to)).toMatchObject({ kind: 'not_sent' });
      const mute = { ...to, dcs: { ...to.dcs, current: () => Promise.reject(new Error('away')) } };
      expect(await commitCall(write({ ttl: 40 }), bound, mute as unknown as ClusterReach)).toMatchObject({
        kind: 'not_sent',
      });
      expect(told.commits).toEqual([]);
    });
  });

  const ENDS: readonly (readonly [CommitResult, 'not_sent' | 'unknown', RegExp])[] = [
    [{ kind: 'failed', error: failure('denied') }, 'not_sent', /permission denied; nothing was written/],
    [{ kind: 'unknown', error: failure('timeout') }, 'unknown', /no answer in time; it may have been written/],
    [
      { kind: 'changed', now: keys({ config: { value: '{}', version: '99' } }) },
      'not_sent',
      /^\/config changed just then; nothing was written$/,
    ],
    [
      { kind: 'changed', now: keys({ leader: { value: 'n2', version: '98' } }) },
      'not_sent',
      /^\/leader changed just then/,
    ],
    [{ kind: 'changed', now: keys({ leader: null }) }, 'not_sent', /^\/leader changed/],
    [{ kind: 'changed', now: keys({ sync: { value: '{}', version: '9' } }) }, 'not_sent', /^\/sync changed/],
  ];
  test.each(ENDS)('%o', async (result, kind, text) => {
    const sent = await commitCall(call, bound, reach(result).to);
    expect(sent.kind).toBe(kind);
    expect(sent.kind === 'sent' ? '' : sent.text).toMatch(text);
  });

  it('is not made where a revision that it must compare was not seen', async () => {
    const { to, told } = reach(ok);
    const sent = await commitCall(call, { ...bound, syncRevision: null }, to);
    expect([sent.kind, told.commits]).toEqual(['not_sent', []]);
  });
});

describe('waking the leader', () => {
  const written = keys({ failover: { value: call.value, version: '9' } });

  it('is a PATCH that changes nothing', async () => {
    const { to, told } = reach(ok, written, http(200));
    expect((await wake('n1', snapshot, to, '9')).wake).toBe('patch');
    expect([told.patches, told.commits]).toEqual([['PATCH /config {"howdah_wake":null}'], []]);
  });

  it.each([401, 403, 404, 409, 503])('after %i it is a touch of /config that compares both keys', async (status) => {
    const { to, told } = reach(ok, written, http(status));
    expect((await wake('n1', snapshot, to, '9')).wake).toBe('touch');
    expect(told.commits).toEqual([
      { compare: { config: '8', failover: '9' }, leader: null, put: { config: '{"ttl":30} ' } },
    ]);
  });

  it('is no touch where a change of /config wakes nobody', async () => {
    const consul = steady({ members: [{ name: 'n1' }, { name: 'n2' }], kind: 'consul' });
    const { to, told } = reach(ok, written, http(401));
    expect((await wake('n1', consul, to, '9')).wake).toBe('none');
    expect(told.commits).toEqual([]);
    const heard = reach(ok, written, http(200));
    expect((await wake('n1', consul, heard.to, '9')).wake).toBe('patch');
  });

  it('a touch is undone by the next one', async () => {
    const touched = { ...written, config: { value: '{"ttl":30} ', version: '10' } };
    const { to, told } = reach(ok, touched, http(401));
    await wake('n1', snapshot, to, '9');
    expect(told.commits[0]?.put).toEqual({ config: '{"ttl":30}' });
  });

  it('is a touch that changes no byte where any write wakes', async () => {
    const other = steady({ members: [{ name: 'n1' }, { name: 'n2' }], kind: 'zookeeper' });
    const { to, told } = reach(ok, written, http(401));
    expect((await wake('n1', other, to, '9')).wake).toBe('touch');
    expect(told.commits[0]?.put).toEqual({ config: '{"ttl":30}' });
  });

  it('is left out where the request is gone already, or the touch failed', async () => {
    const gone = reach(ok, keys(), http(401));
    expect((await wake('n1', snapshot, gone.to, '9')).wake).toBe('none');
    expect(gone.told.commits).toEqual([]);
    const late = reach({ kind: 'changed', now: written }, written, http(401));
    expect((await wake('n1', snapshot, late.to, '9')).wake).toBe('none');
  });
});
