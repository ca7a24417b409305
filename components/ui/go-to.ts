// Another query of the page one is on needs no server: Next follows the address by itself. Another page is routed.
import { based, unbased } from '@/lib/client/live/base';

interface Router {
  readonly push: (path: string) => void;
}

export function goTo(router: Router, path: string): void {
  const [place] = path.split('?');
  if (place === unbased(location.pathname)) history.pushState(null, '', based(path));
  else router.push(path);
}
