// The web server's end of the link, with a thread that only notes what it is told.
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockNow, takeWallClock } from '../clock';
import { log } from '../log';
import type { FromCollector, ToCollector } from './link';
import { CollectorThread, type News } from './thread';

class Scripted extends EventEmitter {
  readonly told: ToCollector[] = [];
  isEnded = false;

  postMessage(message: ToCollector): void {
    this.told.push(message);
  }

  async terminate(): Promise<number> {
    this.isEnded = true;
    this.emit('exit', 1);
    return 1;
  }

  says(message: FromCollector): void {
    this.emit('message', message);
  }

  of(kind: ToCollector['kind']): ToCollector[] {
    return this.told.filter((message) => message.kind === kind);
  }
}

const threads: Scripted[] = [];
const newest = (): Scripted => threads.at(-1) ?? new Scripted();
const state = { scopes: 1, members: 3, problems: [], roundMs: 4, intervalMs: 1000 };

function open(): CollectorThread {
  return new CollectorThread(() => {
    const made = new Scripted();
    threads.push(made);
    return made;
  });
}

beforeEach(() => {
  threads.length = 0;
  vi.useFakeTimers();
  takeWallClock();
  vi.spyOn(log, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a collector that ended', () => {
  it('is started again, is told anew what is wanted, and its end is news', async () => {
    const collector = open();
    const news: News[] = [];
    collector.listen((one) => news.push(one));
    collector.setViewers(['demo'], true);
    collector.follow('demo', () => undefined);
    newest().emit('exit', 1);
    expect(news).toEqual([{ kind: 'lost' }]);
    await expect(collector.ask('snapshot', 'demo')).rejects.toThrow('the collector is starting');
    await vi.advanceTimersByTimeAsync(1000);
    expect(threads).toHaveLength(2);
    expect(newest().told).toEqual([
      { kind: 'viewers', scopes: ['demo'], fleet: true },
      { kind: 'notes', notes: {} },
      { kind: 'rosters', rosters: null },
      { kind: 'outages', outages: {} },
      { kind: 'acting', scopes: ['demo'] },
    ]);
  });

  it('stays ended once it was asked to end', async () => {
    const collector = open();
    const ended = collector.end();
    expect(newest().of('stop')).toHaveLength(1);
    newest().says({ kind: 'stopped' });
    await ended;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(threads.map(({ isEnded }) => isEnded)).toEqual([true]);
  });

  it('was not waited for longer than a second', async () => {
    const ended = open().end();
    await vi.advanceTimersByTimeAsync(999);
    expect(newest().isEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(newest().isEnded).toBe(true);
  });
});

describe('a silent collector', () => {
  it('is ended after 20 s and started again', async () => {
    open();
    newest().says({ kind: 'state', state });
    await vi.advanceTimersByTimeAsync(18_000);
    expect(newest().isEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(4000);
    expect(threads[0]?.isEnded).toBe(true);
    expect(threads).toHaveLength(2);
  });

  it.each([-3, 3])('is no worse than silent where the clock was set by %i hours', async (hours) => {
    vi.spyOn(log, 'warn').mockImplementation(() => undefined);
    const collector = open();
    newest().says({ kind: 'state', state });
    const before = clockNow();
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    // Until it begins anew, ages go on as they were.
    expect([clockNow() - before, collector.seenAt()]).toEqual([0, before]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([threads[0]?.isEnded, collector.seenAt()]).toEqual([true, null]);
    expect(clockNow()).toBe(Date.now());
    await vi.advanceTimersByTimeAsync(1000);
    for (let second = 0; second < 60; second++) {
      newest().says({ kind: 'state', state });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(threads).toHaveLength(2);
    expect(collector.seenAt()).toBe(Date.now() - 1000);
  });

  it('goes on over the small steps of a time server', async () => {
    open();
    vi.setSystemTime(Date.now() + 900);
    await vi.advanceTimersByTimeAsync(5000);
    expect(threads).toHaveLength(1);
  });

  it('is left alone while it says its state', async () => {
    const collector = open();
    for (let second = 0; second < 60; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      newest().says({ kind: 'state', state });
    }
    expect(threads).toHaveLength(1);
    expect(collector.state()).toEqual(state);
  });
});

describe('a question', () => {
  it('gets the answer with its number, and none after 3 s', async () => {
    const collector = open();
    const [first, second] = [collector.ask('snapshot', 'demo'), collector.ask('history', 'demo')];
    const late = expect(second).rejects.toThrow('the collector did not answer in time');
    expect(newest().of('ask')).toEqual([
      { kind: 'ask', id: 1, what: 'snapshot', scope: 'demo' },
      { kind: 'ask', id: 2, what: 'history', scope: 'demo' },
    ]);
    newest().says({ kind: 'answer', id: 1, json: '{}' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(await first).toBe('{}');
    await late;
  });
});

describe('viewers', () => {
  it('that come are told at once, those that leave a moment later and once', async () => {
    const collector = open();
    const scopes = () => newest().of('viewers').slice(1);
    collector.setViewers(['demo'], true);
    expect(scopes()).toEqual([{ kind: 'viewers', scopes: ['demo'], fleet: true }]);
    collector.setViewers([], true);
    await vi.advanceTimersByTimeAsync(1000);
    collector.setViewers([], false);
    expect(scopes()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(scopes().slice(1)).toEqual([{ kind: 'viewers', scopes: [], fleet: false }]);
  });
});

describe('who follows a scope', () => {
  it('gets its snapshots until the end, and the scope acts as long as anybody follows', () => {
    const collector = open();
    const seen: unknown[] = [];
    const ends = [collector.follow('demo', (one) => seen.push(one)), collector.follow('demo', () => undefined)];
    newest().says({ kind: 'snapshot', scope: 'demo', revision: 1, json: '{"revision":1}' });
    newest().says({ kind: 'snapshot', scope: 'other', revision: 9, json: '{"revision":9}' });
    ends[0]?.();
    newest().says({ kind: 'snapshot', scope: 'demo', revision: 2, json: '{"revision":2}' });
    expect(seen).toEqual([{ revision: 1 }]);
    expect(newest().of('acting').at(-1)).toEqual({ kind: 'acting', scopes: ['demo'] });
    ends[1]?.();
    expect(newest().of('acting').at(-1)).toEqual({ kind: 'acting', scopes: [] });
  });
});
