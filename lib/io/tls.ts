// One TLS profile of the configuration as what undici and pg want. A SecureContext costs 3 ms of CPU, so it is made once per
// profile and shared by all nodes; one connector per profile keeps the session cache together.
import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';

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

/** `timeoutMs` bounds TCP and TLS together. */
export function connector(tls: TlsMaterial | null, timeoutMs: number): buildConnector.connector {
  if (tls === null) return buildConnector({ timeout: timeoutMs, allowH2: false });
  return buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    maxCachedSessions: 1000,
    secureContext: secureContext(tls),
    rejectUnauthorized: tls.verify,
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
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
