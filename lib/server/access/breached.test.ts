// Passwords that are tried first, and near misses. The words below are frequent in published breaches, not read from our list.
import { describe, expect, it } from 'vitest';
import { isBreached } from './breached';
import { weakness } from './passwords';

describe('a password from published breaches', () => {
  it.each([
    '1qaz2wsx3edc',
    'q1w2e3r4t5y6',
    'qazwsxedcrfv',
    '123456qwerty',
    '1234567890',
    'PASSWORD',
    'iloveyou',
    'trustno1',
  ])('is known: %s', (password) => {
    expect(isBreached(password)).toBe(true);
  });

  it.each([
    ['with digits and signs after it', 'Dragon!2024!!'],
    ['with digits before it', '20242024liverpool'],
    ['with digits for letters', 'P@ssw0rd1234'],
    ['said again and again', 'letmeinletmein'],
    ['said again, with signs', 'SunshineSunshine99!'],
    ['in another width of the same letters', 'ｐａｓｓｗｏｒｄ１２３４'],
  ])('is known %s', (_, password) => {
    expect(weakness(password, 'bob')).toMatch(/tried first/);
  });

  it.each([
    'correct horse 42 staple',
    'in case of fire 9',
    'another long one 77',
    'dragon eats liverpool',
    'liverpool-7f3k9q2m1x',
    'зелёный слон на крыше',
    '83719465028374',
  ])('is not what somebody thought of: %s', (password) => {
    expect(weakness(password, 'bob')).toBeNull();
  });

  it('is taken for one by chance at most once in a thousand', () => {
    let found = 0;
    let seed = 7;
    const next = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed;
    };
    for (let n = 0; n < 5000; n += 1)
      found += isBreached(Array.from({ length: 5 }, () => next().toString(36)).join(' ')) ? 1 : 0;
    expect(found).toBeLessThanOrEqual(5);
  });
});
