// The TLS of a source or a receiver as its socket takes it: here alone its key leaves the settings.
import type { TlsMaterial } from '../io/tls';
import type { TlsProfile } from './config/tls';

export function material(tls: TlsProfile | null): TlsMaterial | null {
  if (tls === null) return null;
  return { ca: tls.ca, cert: tls.cert, key: tls.key?.reveal() ?? null, serverName: tls.serverName, verify: tls.verify };
}
