// JSON that jsonb takes. What members and a DCS say may hold \u0000 and halves of surrogate pairs: JSON.parse takes both, jsonb neither,
// and one such text would refuse the whole statement. Every jsonb parameter goes through here.

import { carry } from '../../language/carry';

/** JSON of `value`, also of the names in it: without \u0000, and with U+FFFD for what is half a character. */
export function jsonText(value: unknown): string {
  // JSON.stringify writes half a pair as an escape, a whole one as it is (ECMA-262 25.5.2.3); an escaped backslash is taken as two.
  const text: string | undefined = JSON.stringify(carry(value));
  return (text ?? 'null').replace(/\\(?:u(0000|d[89a-f][0-9a-f]{2})|.)/g, (found, code: string | undefined) => {
    if (code === undefined) return found;
    return code === '0000' ? '' : '\ufffd';
  });
}
