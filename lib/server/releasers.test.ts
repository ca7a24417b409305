// The end of a process: in the opposite order, whatever fails or hangs.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { log } from './log';
import { Releasers } from './releasers';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(log, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('what was opened', () => {
  it('is released last in, first out, each after the one before has ended', async () => {
    const releasers = new Releasers(2000);
    const order: string[] = [];
    releasers.push('first', () => order.push('first'));
    releasers.push('second', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      order.push('second');
    });
    releasers.push('third', () => order.push('third'));
    const done = releasers.release();
    await vi.advanceTimersByTimeAsync(300);
    await done;
    expect(order).toEqual(['third', 'second', 'first']);
  });

  it('is released although another one fails or hangs, within the time of all', async () => {
    const releasers = new Releasers(2000);
    const order: string[] = [];
    releasers.push('the lock', () => order.push('the lock'));
    releasers.push('hangs', () => new Promise(() => undefined));
    releasers.push('hangs for a part of it', () => new Promise(() => undefined), 800);
    releasers.push('fails', () => {
      throw new Error('no');
    });
    const done = releasers.release();
    await vi.advanceTimersByTimeAsync(1999);
    expect(order).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(order).toEqual(['the lock']);
  });

  it('after the end is ended at once', async () => {
    const releasers = new Releasers(2000);
    await releasers.release();
    const late = vi.fn();
    releasers.push('late', late);
    expect(late).toHaveBeenCalledOnce();
  });
});
