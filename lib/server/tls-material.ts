// Credentials of a source or a receiver as its socket takes them: here alone its keys and passwords of PostgreSQL leave the settings.
import { insideOf } from '../io/networks';
import type { PostgresTarget } from '../io/postgres-link';
import type { TlsMaterial } from '../io/tls';
import type { PostgresSettings } from './config/config';
import type { TlsProfile } from './config/tls';

export function material(tls: TlsProfile | null): TlsMaterial | null {
  if (tls === null) return null;
  return { ca: tls.ca, cert: tls.cert, key: tls.key?.reveal() ?? null, serverName: tls.serverName, verify: tls.verify };
}

export function roleOf(
  { username, password, database, tls, allowCleartext }: PostgresSettings,
  networks: readonly string[] | null,
): Omit<PostgresTarget, 'host' | 'port'> {
  return {
    username,
    password: password?.reveal() ?? null,
    database,
    tls: material(tls),
    allowCleartext,
    isInside: networks === null ? null : insideOf(networks),
  };
}
