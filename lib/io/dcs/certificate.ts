// When a certificate ends: the one that an address shows, and our own. Looked at seldom; whether it is trusted is decided elsewhere, by
// whoever sends something there.
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { secureContext, type TlsMaterial } from '../tls';

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
    const place = URL.parse(url);
    if (place?.protocol !== 'https:') return Promise.resolve(null);
    const known = this.#known.get(url);
    if (known !== undefined && this.#now() - known.at < EVERY_MS) return known.end;
    const end = shownBy(place, this.#tls);
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(url, { at: this.#now(), end });
    // Where nobody answered it is asked again with the next look.
    void end.then((at) => at === null && this.#known.delete(url));
    return end;
  }
}

function shownBy({ hostname, port }: URL, material: TlsMaterial | null): Promise<number | null> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = tls.connect({
      host,
      port: Number(port || 443),
      // Only its dates are read, and nothing is sent: also of one that has ended.
      rejectUnauthorized: false,
      ...(material === null ? {} : { secureContext: secureContext(material) }),
      ...(material?.serverName ? { servername: material.serverName } : {}),
    });
    const end = (at: number | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(at);
    };
    const timer = setTimeout(() => end(null), DEADLINE_MS);
    socket.once('secureConnect', () => {
      const at = Date.parse(socket.getPeerCertificate().valid_to);
      end(Number.isNaN(at) ? null : at);
    });
    socket.on('error', () => end(null));
  });
}
