// From where a request came: the other end of the socket, or, where that is a proxy we were told to trust, what it says. The web server
// (web-server.ts) writes it into headers of our own, which it takes from nobody else, because a handler sees no socket.
import { isIP } from 'node:net';

export const PEER_HEADER = 'x-howdah-peer';

/** The address the request came from; null: not known. */
export function peerOf(request: { readonly headers: Pick<Headers, 'get'> }): string | null {
  return request.headers.get(PEER_HEADER);
}

export interface Arrival {
  readonly peer: string | null;
  readonly secure: boolean;
  /** As in a Host header; null: none. */
  readonly host: string | null;
}

export interface Met {
  /** The other end of the socket. */
  readonly address: string | undefined;
  readonly encrypted: boolean;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Each proxy appends: what stands last came from the one before us, and what stands further left is believed only as long as
 * everybody right of it is trusted.
 */
export function assessArrival({ address, encrypted, headers }: Met, isTrusted: (address: string) => boolean): Arrival {
  const nearest = plainAddress(address ?? '');
  const host = textOf(headers.host);
  if (nearest === null || !isTrusted(nearest)) return { peer: nearest, secure: encrypted, host };
  let peer = nearest;
  for (const hop of wordsOf(headers['x-forwarded-for']).reverse()) {
    const next = plainAddress(hop);
    if (next === null) break;
    peer = next;
    if (!isTrusted(next)) break;
  }
  const scheme = wordsOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase();
  return {
    peer,
    secure: scheme === undefined ? encrypted : scheme === 'https',
    host: wordsOf(headers['x-forwarded-host']).at(-1) ?? host,
  };
}

/** What says where a request came from, and may come from anybody. */
export function isClaim(header: string): boolean {
  return /^(x-howdah-(peer|nonce)$|x-forwarded-|forwarded$|x-real-ip$|x-client-ip$|true-client-ip$)/.test(header);
}

/** `::ffff:10.0.0.5`, `10.0.0.5:4711`, `[fd00::5]:4711` and `fe80::1%eth0` are plain addresses too. */
export function plainAddress(text: string): string | null {
  const [, bracketed, port4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text.trim()) ?? [];
  const bare = (bracketed ?? port4 ?? text.trim()).replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare;
  return isIP(mapped) === 0 ? null : mapped;
}

function textOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.join(',') ?? null);
}

function wordsOf(value: string | readonly string[] | undefined): string[] {
  const words = textOf(value)?.split(',') ?? [];
  return words.map((word) => word.trim()).filter((word) => word !== '');
}
