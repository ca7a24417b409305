// Lines for a shell that reach a member. Its address comes from the DCS and may be anybody's text: what a shell could read as
// more than an address makes no line. Pure.
import type { Member } from '../../domain/cluster';

/** Names, IPv4, IPv6; no dash in front, which would be an option. */
const HOST = /^[A-Za-z0-9_:][A-Za-z0-9_.:-]*$/;
const API = /^https?:\/\/[A-Za-z0-9_.:[\]-]+(?:\/[A-Za-z0-9_./-]*)?$/;

/** null: no address is known, or none that may stand in a command. */
export interface ConnectLines {
  readonly psql: string | null;
  readonly dsn: string | null;
  readonly curl: string | null;
}

export function connectLines({ host, port, apiUrl }: Pick<Member, 'host' | 'port' | 'apiUrl'>): ConnectLines {
  const reachable = host !== null && HOST.test(host);
  const written = reachable && host.includes(':') ? `[${host}]` : host;
  const at = port ?? 5432;
  return {
    psql: reachable ? `psql "host=${host} port=${at} dbname=postgres"` : null,
    dsn: reachable ? `postgresql://${written}:${at}/postgres` : null,
    curl: apiUrl !== null && API.test(apiUrl) ? `curl -s ${apiUrl.replace(/\/$/, '')}/patroni` : null,
  };
}
