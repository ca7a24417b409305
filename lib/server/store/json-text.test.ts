import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonText } from './json-text';

it('leaves nothing in a text or a name that jsonb refuses', () => {
  const value = { 'a\u0000b': ['x\u0000', '\ud800y', 'z\udc00'], plain: 'A \u{1f418} \n "q" \\' };
  expect(JSON.parse(jsonText(value))).toEqual({
    ab: ['x', '\ufffdy', 'z\ufffd'],
    plain: 'A \u{1f418} \n "q" \\',
  });
});

it('does not take text for an escape', () => {
  const value = ['\\u0000', '\\\\ud800', '\u0001'];
  expect(JSON.parse(jsonText(value))).toEqual(value);
});

it('is JSON whatever comes', () => {
  expect([jsonText(undefined), jsonText(null), jsonText(1)]).toEqual(['null', 'null', '1']);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(jsonText(text))).toBe(text.replaceAll('\u0000', '').replace(/\p{Cs}/gu, '\ufffd'));
    }),
  );
});
