// What a path names. A name is whatever a DCS holds, `..`, `__proto__` and `50%` too; only what is no text at all names nothing.
// Next gives pages the parts of a path as they were sent, and routes the same parts decoded. Pure.
import { PATH_NAME_MAX } from '../../contract/limits';

/** Its percent-encoding can be read. Asked once for every request (web-server.ts), before anybody takes the path apart. */
export function isReadable(url: string): boolean {
  return decoded(url.split('?', 1)[0] ?? '') !== null;
}

/** What one part of a path says, as it was sent (to a page); null: no name. */
export function nameOf(part: string): string | null {
  const name = decoded(part);
  return name !== null && isName(name) ? name : null;
}

/** Of a part that is decoded already (for a route). */
export function isName(text: string): boolean {
  return text !== '' && text.length <= PATH_NAME_MAX && !text.includes('\0');
}

/** No database takes a NUL. */
function decoded(text: string): string | null {
  try {
    const plain = decodeURIComponent(text);
    return plain.includes('\0') ? null : plain;
  } catch {
    return null;
  }
}
