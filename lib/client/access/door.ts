// The way out: where Howdah says that nobody is signed in here any longer, this tab shows nothing more and goes to the sign-in
// page, which brings the person back to where they were. Never to another site: `next` is a path of our own or nothing.

import { based, unbased } from '../live/base';

/** Pages for whoever has not signed in: nothing of the shell is around them, and they ask for nothing that is not public. */
const OUTSIDE = ['/sign-in', '/setup', '/wall'] as const;

export const SIGN_IN_PAGE = '/sign-in';

/** `path`: without the prefix under which Howdah may be served. */
export function isOutside(path: string): boolean {
  return OUTSIDE.some((place) => path === place || path.startsWith(`${place}/`));
}

/**
 * A path of our own to go on to; anything else becomes the first page. A browser reads `\` as `/`, and drops tabs and line ends
 * in the middle of an address: both would make another host of what begins with one slash.
 */
export function ownPath(next: string | null | undefined): string {
  if (next === null || next === undefined || !next.startsWith('/')) return '/';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it
  if (/^\/[/\\]|[\\\u0000-\u001f\u007f]/.test(next)) return '/';
  return isOutside(next.split(/[?#]/)[0] ?? '') ? '/' : next;
}

export function signInPath(next: string): string {
  const own = ownPath(next);
  return own === '/' ? SIGN_IN_PAGE : `${SIGN_IN_PAGE}?next=${encodeURIComponent(own)}`;
}

let hasLeft = false;

/** Of this whole tab, once. What it showed is hidden before the next page is there, and does not come back by the back button. */
export function leave(): void {
  if (typeof window === 'undefined' || hasLeft || isOutside(unbased(location.pathname))) return;
  hasLeft = true;
  document.body.hidden = true;
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  location.replace(based(signInPath(`${unbased(location.pathname)}${location.search}`)));
}
