// Addresses as people write them: `host`, `host:port`, `https://host:port`, `[::1]:2379`, and what counts as loopback.
// Not the WHATWG URL parser: it drops the ports 80 and 443, and so cannot tell "no port" from "port 443".

export const PATRONI_DEFAULT_PORT = 8008;
export const ETCD_DEFAULT_PORT = 2379;
export const CONSUL_DEFAULT_PORT = 8500;
export const ZOOKEEPER_DEFAULT_PORT = 2181;
/** Patroni's own default, patroni/dcs/__init__.py at v4.1.4: `config.get('namespace', 'service')`. */
export const DEFAULT_NAMESPACE = '/service/';

export interface Address {
  readonly scheme: 'http' | 'https';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?\/?$/i;

/** Null when the text is no address: also for user info, paths and schemes other than http and https. */
export function parseAddress(text: string, defaults: { scheme: 'http' | 'https'; port: number }): Address | null {
  const match = ADDRESS.exec(text.trim());
  const name = match?.[2];
  if (match === null || name === undefined) return null;
  const scheme = match[1]?.toLowerCase() ?? defaults.scheme;
  if (scheme !== 'http' && scheme !== 'https') return null;
  const port = match[3] === undefined ? defaults.port : Number(match[3]);
  if (!isPort(port)) return null;
  return { scheme, host: name.replace(/^\[|\]$/g, ''), port };
}

/** `host:port` of `host` or `host:port` alone; null where there is a scheme or anything else beside it. */
export function hostAndPort(text: string, port: number): string | null {
  const address = text.includes('/') ? null : parseAddress(text, { scheme: 'http', port });
  return address === null ? null : `${formatHost(address.host)}:${address.port}`;
}

export function formatAddress(address: Address): string {
  return `${address.scheme}://${formatHost(address.host)}:${address.port}`;
}

/** Puts IPv6 literals in brackets. */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

/** 127.0.0.0/8, ::1 and localhost. A name that merely resolves to loopback does not count: it may change. */
export function isLoopback(host: string): boolean {
  if (host === '::1' || host.toLowerCase() === 'localhost') return true;
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  return octets?.slice(1).every((octet) => Number(octet) <= 255) ?? false;
}

/** One leading and one trailing slash, no doubled ones; `/` for the root. Patroni collapses slashes the same way (dcs/__init__.py, v4.1.4). */
export function normaliseNamespace(text: string): string {
  return `/${text}/`.replace(/\/+/g, '/');
}

/** `/db/howdah` of `https://host/db/howdah`, '' where Howdah has the whole host. */
export function basePathOf(publicUrl: string): string {
  return (URL.parse(publicUrl)?.pathname ?? '').replace(/\/+$/, '');
}
