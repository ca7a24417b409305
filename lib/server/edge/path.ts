// What a path names: the one place that decodes it, for routes and for pages. A name is whatever a DCS holds, `..`, `__proto__` and
// `50%` too; only what is no text at all names nothing. Pure.
import { PATH_NAME_MAX } from '../../contract/limits';

/** Its percent-encoding can be read. Asked once for every request (web-server.ts), before anybody takes the path apart. */
export function isReadable(url: string): boolean {
  return decoded(url.split('?', 1)[0] ?? '') !== null;
}

/** What one part of a path says, decoded once; null: no name. */
export function nameOf(part: string): string | null {
  const name = decoded(part);
  return name === null || name === '' || name.length > PATH_NAME_MAX ? null : name;
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
