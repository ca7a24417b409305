import { beforeEach, describe, expect, it } from 'vitest';
import { log } from '../log';
import type { AccessNote } from './access-log';
import { Refusals } from './refusals';

let now = 1_000_000_000;
let told: (AccessNote & { readonly kind: string })[] = [];
const refusals = () => new Refusals({ note: async (kind, note) => void told.push({ kind, ...note }) }, () => now);
const guess = { kind: 'guess', name: 'anna', address: '10.0.0.9', what: 'sign-in: credentials' } as const;

beforeEach(() => {
  log.level = 'silent';
  told = [];
});

describe('what is refused', () => {
  it('is told from the fifth guess on, once, with account, address and number', async () => {
    const all = refusals();
    for (let n = 0; n < 4; n += 1) await all.note(guess);
    expect(told).toEqual([]);
    for (let n = 0; n < 100; n += 1) await all.note(guess);
    expect(told).toMatchObject([{ kind: 'guesses', actor: 'anna', address: '10.0.0.9' }]);
    expect(String(told[0]?.text)).toContain('5 wrong passwords, codes or tokens in 15 min: anna, from 10.0.0.9: 5');
  });

  it('is told again with the numbers of then while it goes on, and not when it has ended', async () => {
    const all = refusals();
    for (let n = 0; n < 30; n += 1) await all.note(guess);
    now += 6 * 60_000;
    await all.note(guess);
    expect(told.map(({ text }) => String(text))[1]).toContain('31 wrong');
    now += 20 * 60_000;
    await all.note(guess);
    expect(told).toHaveLength(2);
  });

  it('is one incident for many names and addresses, the worst first, and never without a bound', async () => {
    const all = refusals();
    for (let n = 0; n < 5000; n += 1) await all.note({ ...guess, name: null, address: `10.0.${n >> 8}.${n & 255}` });
    now += 6 * 60_000;
    for (let n = 0; n < 9; n += 1) await all.note(guess);
    expect(told).toHaveLength(2);
    expect(String(told[1]?.text)).toMatch(/5001 wrong .*a name or token that nobody has/);
    expect(String(told[1]?.text).length).toBeLessThan(500);
  });

  it('is told of requests without rights apart from guesses, and of bad input never', async () => {
    const all = refusals();
    for (let n = 0; n < 49; n += 1) await all.note({ ...guess, kind: 'request', what: 'GET /api/users: forbidden' });
    for (let n = 0; n < 500; n += 1) await all.note({ ...guess, kind: 'input', name: null, what: 'x' });
    expect(told).toEqual([]);
    await all.note({ ...guess, kind: 'request', what: 'GET /api/users: forbidden' });
    expect(told).toMatchObject([{ kind: 'refusals', actor: 'anna' }]);
  });
});
