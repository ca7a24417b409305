// When a certificate ends: the one that an address shows, by https or after PostgreSQL's SSLRequest, and our own. Looked at seldom; whether it is trusted is decided elsewhere, by
// whoever sends something there.
import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { secureContext, type TlsMaterial } from './tls';

const EVERY_MS = 600_000;
const DEADLINE_MS = 3000;
const KEPT_MAX = 64;

/** null: there is none, or it cannot be read. */
export function endOf(certificate: string | null): number | null {
  if (certificate === null) return null;
  try {
    const at = Date.parse(new X509Certificate(certificate).validTo);
    return Number.isNaN(at) ? null : at;
  } catch {
    return null;
  }
}

/** Remembers for a while what each address showed. */
export class Certificates {
  readonly #tls: TlsMaterial | null;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly at: number; readonly end: Promise<number | null> }>();

  constructor(material: TlsMaterial | null, now: () => number) {
    this.#tls = material;
    this.#now = now;
  }

  /** null: none is shown there, or nobody answers. */
  endAt(url: string): Promise<number | null> {
    const known = this.#known.get(url);
    if (known !== undefined && this.#now() - known.at < EVERY_MS) return known.end;
    const end = shownBy(url, this.#tls);
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(url, { at: this.#now(), end });
    // Where nobody answered it is asked again with the next look.
    void end.then((at) => at === null && this.#known.delete(url));
    return end;
  }
}

/** Of an https address. null: none is shown there, or nobody answers. */
export function shownBy(url: string, material: TlsMaterial | null): Promise<number | null> {
  const place = URL.parse(url);
  if (place?.protocol !== 'https:') return Promise.resolve(null);
  const host = place.hostname.replace(/^\[|\]$/g, '');
  return shownAt({ host, port: Number(place.port || 443), tls: material, isInside: null }, false);
}

interface CertificatePlace {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial | null;
  /** Where it may go at all; null: anywhere. */
  readonly isInside: ((address: string) => boolean) | null;
}

/** Length and code (PostgreSQL 17, protocol.sgml, SSLRequest); the answer is one letter, S where TLS follows. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = 'S'.charCodeAt(0);

/**
 * null: none is shown there, or nobody answers. `isPostgres`: TLS is asked for first. It is closed when the certificate was shown, without
 * a word, which PostgreSQL takes for somebody who did not like it, and writes no line of its log about.
 */
export function shownAt(
  { host, port, tls: material, isInside }: CertificatePlace,
  isPostgres: boolean,
): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (at: number | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(at);
    };
    const timer = setTimeout(() => end(null), DEADLINE_MS);
    const secure = (): void => {
      const servername = material?.serverName ?? (net.isIP(host) === 0 ? host : null);
      const shown = tls.connect({
        socket,
        // Only its dates are read, and nothing is sent: also of one that has ended.
        rejectUnauthorized: false,
        ...(material === null ? {} : { secureContext: secureContext(material) }),
        ...(servername === null ? {} : { servername }),
      });
      shown.once('secureConnect', () => {
        const at = Date.parse(shown.getPeerCertificate().valid_to);
        end(Number.isNaN(at) ? null : at);
      });
      shown.on('error', () => end(null));
    };
    socket.once('connect', () => {
      if (isInside !== null && !isInside(socket.remoteAddress ?? '')) return end(null);
      if (!isPostgres) return secure();
      socket.write(SSL_REQUEST);
      // More than the letter before TLS is somebody between (CVE-2021-23222).
      socket.once('data', (answer) => (answer.length === 1 && answer[0] === YES ? secure() : end(null)));
    });
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
  });
}
