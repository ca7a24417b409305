import { describe, expect, it } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import {
  type Decision,
  decide,
  findDecision,
  forgetDecision,
  type Keep,
  keepDecision,
  newerAction,
  readDecision,
} from './decision';

const REQUEST: ActionRequest = { kind: 'switchover', candidate: 'n2', scheduledAt: null };
const ASKED = { scope: 'orders', request: REQUEST, reason: 'kernel update' };

function memory(): Keep & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (name) => map.get(name) ?? null,
    setItem: (name, value) => void map.set(name, value),
    removeItem: (name) => void map.delete(name),
  };
}

function keys(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `key-${count}`;
  };
}

function action(part: Partial<ActionRecord>): ActionRecord {
  const moment = {
    at: 0,
    leader: 'n1',
    timeline: 5,
    paused: false,
    configRevision: '1',
    scheduledAt: null,
    members: [],
    config: null,
  };
  return {
    id: 'a1',
    scope: 'orders',
    request: REQUEST,
    actor: 'm.keller',
    reason: 'kernel update',
    idempotencyKey: 'key-1',
    requestedAt: 1000,
    phase: 'open',
    bound: {
      scope: 'orders',
      source: 'lab',
      systemIdentifier: '1',
      leader: 'n1',
      timeline: 5,
      failoverRevision: '0',
      syncRevision: '0',
      configRevision: '1',
      configDigest: null,
      members: [],
    },
    way: 'dcs',
    wake: null,
    revision: null,
    sentAt: null,
    steps: [],
    seen: [],
    progress: null,
    outage: null,
    expectedOutage: null,
    before: moment,
    after: null,
    outcome: null,
    outcomeText: null,
    differs: [],
    checks: [],
    closedAt: null,
    recovered: false,
    ...part,
  };
}

describe('a decision', () => {
  it('keeps its key when it is sent again after no answer', () => {
    const makeKey = keys();
    const first = { ...decide(null, ASKED, makeKey), sentAt: 5 };
    expect(decide(first, { ...ASKED, request: { ...REQUEST } }, makeKey).key).toBe(first.key);
  });

  it('keeps its key whatever the order of the request in memory', () => {
    const makeKey = keys();
    const first = { ...decide(null, ASKED, makeKey), sentAt: 5 };
    const turned = { scheduledAt: null, candidate: 'n2', kind: 'switchover' } as const;
    expect(decide(first, { ...ASKED, request: turned }, makeKey).key).toBe(first.key);
  });

  it('gets another key when another thing is asked after a send', () => {
    const makeKey = keys();
    const first = { ...decide(null, ASKED, makeKey), sentAt: 5 };
    const other = decide(first, { ...ASKED, request: { kind: 'resume' } }, makeKey);
    expect(other.key).not.toBe(first.key);
    expect(other.sentAt).toBeNull();
    expect(decide(first, { ...ASKED, scope: 'billing' }, makeKey).key).not.toBe(first.key);
  });

  it('survives a reload and is gone once it was answered', () => {
    const keep = memory();
    const decision: Decision = { ...decide(null, ASKED, keys()), sentAt: 5 };
    keepDecision(keep, decision);
    expect(readDecision(keep)).toEqual(decision);
    forgetDecision(keep);
    expect(readDecision(keep)).toBeNull();
  });

  it('is no reason to fail where the storage is forbidden or holds something else', () => {
    const forbidden: Keep = {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('forbidden');
      },
      removeItem: () => {
        throw new Error('forbidden');
      },
    };
    expect(readDecision(forbidden)).toBeNull();
    expect(() => keepDecision(forbidden, { ...decide(null, ASKED, keys()), sentAt: 1 })).not.toThrow();
    expect(() => forgetDecision(forbidden)).not.toThrow();
    const keep = memory();
    for (const text of ['', '[]', '"x"', '{"key":1}', '{"key":"k","scope":"s"}', '{']) {
      keep.map.set('howdah-decision', text);
      expect(readDecision(keep)).toBeNull();
    }
  });

  it('is found by its key alone', () => {
    const decision: Decision = { ...decide(null, ASKED, keys()), sentAt: 5 };
    const other = action({ id: 'a2', idempotencyKey: 'key-9' });
    expect(findDecision([other, action({})], decision)?.id).toBe('a1');
    expect(findDecision([other], decision)).toBeNull();
  });
});

describe('two readings of one action', () => {
  it('a closed one is never replaced by an open one', () => {
    const closed = action({ phase: 'closed', closedAt: 9000 });
    const open = action({ seen: [{ at: 20_000, source: 'DCS', text: 'x' }] });
    expect(newerAction(closed, open)).toBe(closed);
    expect(newerAction(open, closed)).toBe(closed);
  });

  it('the one that has seen more wins, another action always does', () => {
    const less = action({});
    const more = action({ seen: [{ at: 2000, source: 'DCS', text: 'x' }] });
    expect(newerAction(more, less)).toBe(more);
    expect(newerAction(less, more)).toBe(more);
    const other = action({ id: 'a2' });
    expect(newerAction(more, other)).toBe(other);
    expect(newerAction(undefined, less)).toBe(less);
  });
});
