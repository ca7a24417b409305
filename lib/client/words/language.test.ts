import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './language';

describe('the language', () => {
  it('is the one that was chosen, whatever the browser says', () => {
    expect(chooseLanguage('ru', 'en-GB,en')).toBe('ru');
    expect(chooseLanguage('en', 'ru-RU,ru')).toBe('en');
  });

  it('is Russian where the browser wants it more than English', () => {
    expect(chooseLanguage(undefined, 'ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7')).toBe('ru');
    expect(chooseLanguage(undefined, 'de,ru;q=0.5,en;q=0.4')).toBe('ru');
    expect(chooseLanguage(undefined, 'en;q=0.3, ru;q=0.8')).toBe('ru');
    expect(chooseLanguage(undefined, 'RU')).toBe('ru');
  });

  it('is English otherwise: another language, none, nonsense', () => {
    const others = ['en-US,en;q=0.9,ru;q=0.8', 'de', 'rup', '', 'ru;q=0', 'ru;q=x', '*,ru;q=0.5', null];
    expect(others.map((accepted) => chooseLanguage(undefined, accepted))).toEqual(others.map(() => 'en'));
    expect(chooseLanguage('<script>', null)).toBe('en');
  });
});
