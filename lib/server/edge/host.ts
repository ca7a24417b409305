// Which names and origins are Howdah's own. A page of another site can make a browser ask us under that site's name (DNS
// rebinding) and read the answer, or send what changes something with the user's cookies: both name themselves, and are refused.
// Where nobody signs in, loopback names only: whatever stands before Howdah, it is not for others.
import { say, type Text } from '../../language/sentence';
import { isLoopback } from '../config/address';
import type { HowdahConfig } from '../config/config';

export type OwnNames = Pick<HowdahConfig, 'publicUrl'> & {
  readonly auth: Pick<HowdahConfig['auth'], 'kind'>;
  readonly listen: Pick<HowdahConfig['listen'], 'host' | 'names'>;
};

export interface Arriving extends Asked {
  readonly method: string;
  /** Of the request's own headers; null: not sent. A browser names the origin of every unsafe request, a script outside of one none. */
  readonly origin: string | null;
  readonly fetchSite: string | null;
}

/** Why this may not be asked here at all, in words; null: it may. The one check of it: before Next, for pages and files too. */
export function foreignness(request: Arriving, config: OwnNames): Text | null {
  const { method, host, origin, fetchSite } = request;
  if (!isOwnHost(host, config))
    return config.auth.kind === 'none'
      ? say`Howdah answers on loopback names only, because nobody signs in here; use http://127.0.0.1 or localhost`
      : say`Howdah does not know itself by this name; set publicUrl, or add the name to listen.names`;
  if (SAFE.includes(method)) return null;
  const own = origin === null || isOwnOrigin(origin, request, config);
  if (own && (fetchSite === null || fetchSite === 'same-origin' || fetchSite === 'none')) return null;
  return say`a page of another site may not do this`;
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** `host`: as in the Host header, with or without a port. A port is no secret and decides nothing. */
export function isOwnHost(host: string | null, config: OwnNames): boolean {
  const name = nameOf(host ?? '');
  if (name === null) return false;
  if (isLoopback(name)) return true;
  if (config.auth.kind === 'none') return false;
  const { listen, publicUrl } = config;
  return [nameOf(URL.parse(publicUrl)?.host ?? ''), listen.host.toLowerCase(), ...listen.names].includes(name);
}

export interface Asked {
  /** The Host header as the edge left it. */
  readonly host: string | null;
  /** It came by https. */
  readonly secure: boolean;
}

/** `origin`: as in the Origin header; `null` as text is nobody's. Scheme, name and port must all be ours. */
export function isOwnOrigin(origin: string, { host, secure }: Asked, config: OwnNames): boolean {
  const given = URL.parse(origin);
  if (given === null || given.origin === 'null' || given.origin !== origin.toLowerCase()) return false;
  const own = URL.parse(config.publicUrl)?.origin;
  if (given.origin === own) return true;
  if (host === null || !isOwnHost(host, config)) return false;
  return given.origin === URL.parse(`${secure ? 'https' : 'http'}://${host}`)?.origin;
}

/** Lower case, without port, brackets and the root's dot; null: no name, or one of which no address can be made. */
function nameOf(host: string): string | null {
  if (!URL.canParse(`http://${host}`)) return null;
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '') ?? null;
}
