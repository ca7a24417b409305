import { describe, expect, it } from 'vitest';
import type { ServerState, StreamFrame } from '../contract/stream';
import type { FleetRow } from '../domain/fleet';
import { Feed, type Viewer } from './feed';

const STATE: ServerState = {
  now: 0,
  version: '0',
  scopes: 0,
  members: 0,
  configured: true,
  problems: [],
  roundMs: null,
  intervalMs: 1000,
};

function row(scope: string, revision: number): FleetRow {
  return { scope, revision, members: [], spark: [], labels: {} } as unknown as FleetRow;
}

/** A viewer that keeps what it was sent while it has room for it. */
function viewer(scopes: readonly string[], room = Number.POSITIVE_INFINITY) {
  const frames: StreamFrame[] = [];
  const self = {
    scopes: new Set(scopes),
    room,
    asked: 0,
    closed: false,
    frames,
    send(_event: StreamFrame['kind'], json: string): boolean {
      self.asked += 1;
      if (self.asked > 10_000) throw new Error('the feed offers frames to a stalled viewer for ever');
      if (frames.length >= self.room) return false;
      frames.push(JSON.parse(json) as StreamFrame);
      return true;
    },
    close(): void {
      self.closed = true;
    },
  } satisfies Viewer & Record<string, unknown>;
  return self;
}

function feed(limit = 10) {
  const told: { readonly scopes: readonly string[]; readonly fleet: boolean }[] = [];
  return {
    told,
    feed: new Feed({ state: () => STATE, limit, onViewers: (scopes, fleet) => told.push({ scopes, fleet }) }),
  };
}

const snapshot = (revision: number): string => JSON.stringify({ revision });
const revisions = (frames: readonly StreamFrame[]): number[] =>
  frames.flatMap((frame) => (frame.kind === 'snapshot' ? [frame.snapshot.revision] : []));
/** The fleet as a browser holds it after these frames. */
function fleetOf(frames: readonly StreamFrame[]): string[] {
  const rows = new Map<string, FleetRow>();
  for (const frame of frames) {
    if (frame.kind === 'hello') rows.clear();
    if (frame.kind !== 'hello' && frame.kind !== 'rows') continue;
    for (const entry of frame.rows) rows.set(entry.scope, entry);
    if (frame.kind === 'rows') for (const scope of frame.gone) rows.delete(scope);
  }
  return [...rows.values()].map((entry) => `${entry.scope} ${entry.revision}`).sort();
}

describe('a viewer that comes', () => {
  it('gets the fleet and the newest snapshot of its scopes at once, and nothing older', () => {
    const { feed: subject } = feed();
    subject.publishRows([row('a', 1), row('b', 1)], []);
    const first = viewer(['a']);
    subject.add(first);
    for (const revision of [1, 2, 3]) subject.publishSnapshot('a', revision, snapshot(revision));
    const second = viewer(['a']);
    subject.add(second);
    expect(second.frames.map((frame) => frame.kind)).toEqual(['hello', 'snapshot']);
    expect(revisions(second.frames)).toEqual([3]);
    expect(fleetOf(second.frames)).toEqual(['a 1', 'b 1']);
  });

  it('is refused over the limit and changes nothing', () => {
    const { feed: subject, told } = feed(1);
    expect(subject.add(viewer(['a']))).toBe(true);
    expect(subject.add(viewer(['b']))).toBe(false);
    expect(subject.viewers).toBe(1);
    expect(told).toEqual([{ scopes: ['a'], fleet: true }]);
  });

  it('gets snapshots of its own scopes only', () => {
    const { feed: subject } = feed();
    const one = viewer(['a']);
    subject.add(one);
    subject.publishSnapshot('b', 1, snapshot(1));
    expect(revisions(one.frames)).toEqual([]);
  });
});

describe('a viewer that goes', () => {
  it('is not sent to again, and what only it looked at is forgotten', () => {
    const { feed: subject, told } = feed();
    const one = viewer(['a']);
    subject.add(one);
    subject.publishSnapshot('a', 1, snapshot(1));
    subject.remove(one);
    subject.publishSnapshot('b', 1, snapshot(1));
    const count = one.frames.length;
    subject.beat();
    expect(one.frames.length).toBe(count);
    expect(told.at(-1)).toEqual({ scopes: [], fleet: false });
    const two = viewer(['a']);
    subject.add(two);
    expect(revisions(two.frames)).toEqual([]);
  });

  it('may go twice', () => {
    const { feed: subject, told } = feed();
    const one = viewer([]);
    subject.add(one);
    subject.remove(one);
    subject.remove(one);
    expect(told).toHaveLength(2);
  });
});

describe('a slow viewer', () => {
  it('skips snapshots and gets only the newest of each scope when it can take frames again', () => {
    const { feed: subject } = feed();
    const slow = viewer(['a', 'b'], 1);
    subject.add(slow);
    for (const revision of [1, 2, 3]) {
      subject.publishSnapshot('a', revision, snapshot(revision));
      subject.publishSnapshot('b', revision, snapshot(revision * 10));
    }
    slow.room = Number.POSITIVE_INFINITY;
    subject.beat();
    expect(revisions(slow.frames)).toEqual([3, 30]);
    subject.beat();
    expect(revisions(slow.frames)).toEqual([3, 30]);
  });

  it('that stays stalled is offered its frames once a beat, never in a loop', () => {
    const { feed: subject } = feed();
    const stalled = viewer(['a', 'b'], 1);
    subject.add(stalled);
    subject.publishSnapshot('a', 1, snapshot(1));
    subject.publishSnapshot('b', 1, snapshot(1));
    const before = stalled.asked;
    subject.beat();
    expect(stalled.asked - before).toBeLessThanOrEqual(4);
    stalled.room = Number.POSITIVE_INFINITY;
    subject.beat();
    expect(revisions(stalled.frames)).toHaveLength(2);
  });

  it('learns of rows that changed and of scopes that went while it was stalled', () => {
    const { feed: subject } = feed();
    subject.publishRows([row('a', 1), row('b', 1)], []);
    const slow = viewer([], 1);
    subject.add(slow);
    subject.publishRows([row('a', 2)], ['b']);
    slow.room = Number.POSITIVE_INFINITY;
    subject.beat();
    expect(fleetOf(slow.frames)).toEqual(['a 2']);
  });

  it('costs the others nothing', () => {
    const { feed: subject } = feed();
    const slow = viewer(['a'], 0);
    const quick = viewer(['a']);
    subject.add(slow);
    subject.add(quick);
    subject.publishSnapshot('a', 1, snapshot(1));
    subject.publishSnapshot('a', 2, snapshot(2));
    expect(revisions(quick.frames)).toEqual([1, 2]);
  });
});

describe('a viewer that may not see all', () => {
  const PROBLEM = { source: 'secret', text: 'http://10.1.2.3:8008: no answer in time' };
  const open = () => {
    const state = { ...STATE, scopes: 2, members: 7, problems: [PROBLEM] };
    const subject = new Feed({ state: () => state, limit: 10, onViewers: () => undefined });
    subject.publishRows([row('own', 1), row('hidden', 1)], []);
    const all = viewer([]);
    const some = Object.assign(viewer([]), { sees: (scope: string) => scope === 'own' });
    subject.add(all);
    subject.add(some);
    return { subject, all, some };
  };

  it('is told of its own clusters that came, changed and went, and of nobody else', () => {
    const { subject, all, some } = open();
    subject.publishRows([row('own', 2), row('hidden', 2)], ['gone-hidden']);
    subject.publishRows([], ['own', 'hidden']);
    subject.publishRows([row('hidden', 3)], ['hidden-2']);
    expect(JSON.stringify(some.frames)).not.toContain('hidden');
    const changes = some.frames.flatMap((frame) => (frame.kind === 'rows' ? [frame.gone] : []));
    expect(changes).toEqual([[], ['own']]);
    expect(all.frames.flatMap((frame) => (frame.kind === 'rows' ? [frame.gone] : []))).toEqual([
      ['gone-hidden'],
      ['own', 'hidden'],
      ['hidden-2'],
    ]);
  });

  it('is told no problem of a source, which names addresses, and counts its own clusters only', () => {
    const { subject, all, some } = open();
    subject.beat();
    const servers = (frames: readonly StreamFrame[]) =>
      frames.flatMap((frame) => (frame.kind === 'hello' || frame.kind === 'beat' ? [frame.server] : []));
    expect(servers(some.frames)).toHaveLength(2);
    for (const server of servers(some.frames)) expect(server).toMatchObject({ scopes: 1, members: 0, problems: [] });
    for (const server of servers(all.frames))
      expect(server).toMatchObject({ scopes: 2, members: 7, problems: [PROBLEM] });
  });

  it('gets only its own rows when it was behind and comes again', () => {
    const { subject, some } = open();
    some.room = some.frames.length;
    subject.publishRows([row('own', 2)], []);
    some.room = Number.POSITIVE_INFINITY;
    subject.beat();
    expect(some.frames.at(-1)?.kind).toBe('hello');
    expect(fleetOf(some.frames)).toEqual(['own 2']);
  });
});

describe('the end', () => {
  it('closes every viewer', () => {
    const { feed: subject } = feed();
    const viewers = [viewer([]), viewer(['a'])];
    for (const one of viewers) subject.add(one);
    subject.close();
    expect(viewers.every((one) => one.closed)).toBe(true);
    expect(subject.viewers).toBe(0);
  });
});
