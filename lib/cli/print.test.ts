import { expect, it } from 'vitest';
import { harmless, table } from './print';

it('nothing that a terminal obeys is printed: escapes of 7 and 8 bits, a return over the line, another direction', () => {
  // The title of a window, a cleared screen, the 8-bit CSI, a line written over, a bell, text that reads backwards.
  const name = '\u001b]0;owned\u0007 \u001b[2J \u009b31m \rOK \u202e\u2066 \u007f';
  expect(harmless(name)).toBe('\\u001b]0;owned\\u0007 \\u001b[2J \\u009b31m \\u000dOK \\u202e\\u2066 \\u007f');
});

it('what is no order stays: lines, tabs, the line ends of a CSV, other alphabets, faces', () => {
  const text = 'a\tb\nc\r\nпривет ✓ é';
  expect(harmless(text)).toBe(text);
});

it('JSON that was made harmless says the same', () => {
  const value = { scope: 'a\u009b\u202e\u2028\u007fb' };
  expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value);
});

it('a name begins no line of its own in a table', () => {
  const [head, ...rows] = table(['cluster', 'health'], [['bad\nprod ok', 'critical']]).split('\n');
  expect([head, ...rows]).toEqual(['cluster      health', 'bad prod ok  critical']);
});
