// In tests a sentence is compared by its English: what a person reads is what is asserted. That its form is carried as well is the
// business of lib/language, whose tests look at `carried` itself.
import { chai, expect } from 'vitest';
import { isSentence } from '../lib/language/sentence';

const english = (value: unknown): unknown =>
  isSentence(value) ? String(value) : Array.isArray(value) && value.some(isSentence) ? value.map(english) : value;

expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!isSentence(a) && !isSentence(b)) return undefined;
    const isText = (value: unknown): boolean => typeof value === 'string' || isSentence(value);
    return isText(a) && isText(b) ? String(a) === String(b) : undefined;
  },
]);

for (const matcher of ['toBe', 'toMatch', 'toContain'])
  chai.Assertion.overwriteMethod(
    matcher,
    (compare: (...args: unknown[]) => unknown) =>
      function compareEnglish(this: object, ...args: unknown[]) {
        chai.util.flag(this, 'object', english(chai.util.flag(this, 'object')));
        return compare.apply(this, args);
      },
  );
