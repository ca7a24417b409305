// `howdah health`: a container engine looks at the exit code alone.
import { expect, it, vi } from 'vitest';
import { type Api, ApiFailed } from './api';
import { health } from './health';

const printed = vi.hoisted(() => ({ out: '', err: '' }));
vi.mock('./print', () => ({
  out: (text: string) => {
    printed.out = text;
  },
  err: (text: string) => {
    printed.err = text;
  },
}));

const apiOf = (get: () => Promise<unknown>) => ({ get }) as unknown as Api;

it('is 0 where Howdah answers', async () => {
  expect(await health(apiOf(async () => ({ ok: true })))).toBe(0);
  expect(printed.out).toBe('alive');
});

it.each([
  ['its collector is silent', new ApiFailed('internal', 'Howdah answered 503', 503, null), 'its collector is silent'],
  ['it refuses', new ApiFailed('forbidden', 'not you', 403, null), 'not you'],
  ['nobody answers', new Error('Howdah at http://127.0.0.1:1 does not answer: refused'), 'does not answer'],
])('is 1 where %s', async (_, error, words) => {
  expect(
    await health(
      apiOf(async () => {
        throw error;
      }),
    ),
  ).toBe(1);
  expect(printed.err).toContain(words);
});
