import { describe, expect, it } from 'vitest';
import { createLatch } from './latch';

describe('a call from anywhere on the page', () => {
  it('reaches the one who hears, and nobody after the end', () => {
    const latch = createLatch<number>();
    const heard: number[] = [];
    const end = latch.hear((value) => void heard.push(value));
    latch.call(1);
    latch.call(2);
    end();
    latch.call(3);
    expect(heard).toEqual([1, 2]);
  });

  it('is not lost where the one who hears comes later: the newest is heard once', () => {
    const latch = createLatch<number>();
    latch.call(1);
    latch.call(2);
    const heard: number[] = [];
    latch.hear((value) => void heard.push(value))();
    latch.hear((value) => void heard.push(value));
    expect(heard).toEqual([2]);
  });

  it('goes to the one who came last, although the one before ends after that', () => {
    const latch = createLatch<number>();
    const heard: string[] = [];
    const first = latch.hear((value) => void heard.push(`first ${value}`));
    latch.hear((value) => void heard.push(`second ${value}`));
    first();
    latch.call(1);
    expect(heard).toEqual(['second 1']);
  });
});
