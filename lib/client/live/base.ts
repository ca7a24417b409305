// The prefix under which these pages are served (the path of `publicUrl`), in one place. Next's Link and router know it by
// themselves; what goes past them (fetch, workers, location) asks here. Paths of PATHS and of lib/client never carry it.

/** '' where Howdah has the whole host; never a trailing slash. Written in at build time. */
const BASE = process.env.HOWDAH_BASE_PATH ?? '';

/** `path` begins with a slash. */
export function based(path: string): string {
  return `${BASE}${path}`;
}

/** Of `location.pathname`: the same path as Link and router would be given. */
export function unbased(pathname: string): string {
  if (BASE === '') return pathname;
  if (pathname === BASE) return '/';
  return pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) : pathname;
}
