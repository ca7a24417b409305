// One TLS profile of the configuration as what undici and pg want. A SecureContext costs 3 ms of CPU, so it is made once per
// profile and shared by all nodes; one connector per profile keeps the session cache together.
import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { ReadingRefused } from './failure';
import { outsideWords } from './networks';

export interface TlsMaterial {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly serverName: string | null;
  readonly verify: boolean;
}

export function secureContext(tls: TlsMaterial): SecureContext {
  return createSecureContext({
    ...(tls.ca === null ? {} : { ca: tls.ca }),
    ...(tls.cert === null ? {} : { cert: tls.cert }),
    ...(tls.key === null ? {} : { key: tls.key }),
  });
}

/** `timeoutMs` bounds TCP and TLS together. `isInside`: where it may go; nothing is written to an address outside. */
export function connector(
  tls: TlsMaterial | null,
  timeoutMs: number,
  isInside: ((address: string) => boolean) | null = null,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    ...(tls === null
      ? {}
      : {
          maxCachedSessions: 1000,
          secureContext: secureContext(tls),
          rejectUnauthorized: tls.verify,
          ...(tls.serverName === null ? {} : { servername: tls.serverName }),
        }),
  });
  if (isInside === null) return connect;
  return (options, done) =>
    connect(options, (...answer) => {
      const [error, socket] = answer;
      // In an error undici leaves the socket out.
      if (error !== null) return done(error, null);
      const address = socket.remoteAddress ?? '';
      if (isInside(address)) return done(null, socket);
      socket.destroy();
      done(new ReadingRefused({ kind: 'skipped', message: outsideWords(address) }), null);
    });
}

/** For `pg`, which takes the parts and not a context. */
export function sslOf(tls: TlsMaterial): Record<string, unknown> {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca === null ? {} : { ca: tls.ca }),
    ...(tls.cert === null ? {} : { cert: tls.cert }),
    ...(tls.key === null ? {} : { key: tls.key }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
  };
}
