// Reads `listen:` of howdah.yaml and --host: where Howdah is reached, by whom it may be told where a request came from, and the
// certificate of its own socket. Without sign-in only this machine reaches it; that is refused here, before a socket is open.
import { isIP } from 'node:net';
import type { z } from 'zod';
import { formatAddress, isLoopback } from './address';
import { outsideProblem, type Report } from './problem';
import { listenTls } from './tls';
import { formatGot } from './words';
import type { YamlFile } from './yaml-file';
import { maybe, port, section, text, texts } from './yaml-schema';

const LOOPBACK_ONLY = 'a loopback address (127.0.0.0/8, ::1, localhost), because nobody signs in here (auth: none)';
const OWN_ADDRESS = 'an address of this machine, such as 10.0.0.5 or 0.0.0.0 for all of them';
const IN_CLEAR =
  'who listens on the way reads passwords and sessions: no TLS here (listen.tls), no proxy before it (listen.trustedProxies)';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;
const NAME_MAX = 253;
const DEFAULT_HOST = '127.0.0.1';
const AT_HOST = ['listen', 'host'];

const unbracketed = (name: string): string => name.replace(/^\[(.*)\]$/, '$1');
const plain = (name: string): string => unbracketed(name).toLowerCase().replace(/\.$/, '');

export function isNetwork(written: string): boolean {
  const [address = '', bits, ...rest] = written.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isHostName(name: string): boolean {
  return isIP(unbracketed(name)) !== 0 || (name.length <= NAME_MAX && NAME.test(name));
}

const PROXIES = 'addresses or networks such as 10.0.0.0/8';
const NAMES = 'host names such as howdah.example.com, without port';

export const listen = section({
  /** Judged below: --host wins over it, and `auth` decides what is allowed. */
  host: maybe(text(OWN_ADDRESS, /^/)),
  port: maybe(port, 3000),
  /** null: plain http. */
  tls: maybe(listenTls),
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  trustedProxies: maybe(texts(PROXIES, isNetwork, PROXIES, 0), []),
  /** Host names that are Howdah's, besides loopback and the one of `publicUrl`; lower case, without port. */
  names: maybe(
    texts(NAMES, isHostName, NAMES, 0).transform((list) => list.map(plain)),
    [],
  ),
});
export type ListenSettings = Readonly<z.infer<typeof listen> & { host: string }>;

/** `settings`: null where something in the file is wrong; its host is judged all the same. */
export function readHost(
  { host: given }: { readonly host: string | null },
  { file, settings }: { readonly file: YamlFile | null; readonly settings: z.infer<typeof listen> | null },
  isOpen: boolean,
  report: Report,
): string {
  const written = file?.textAt(AT_HOST) ?? null;
  const host = unbracketed(given ?? written ?? DEFAULT_HOST);
  if (isLoopback(host)) return host;
  const isGood = !isOpen && isHostName(host);
  const inClear = settings === null || (settings.tls === null && settings.trustedProxies.length === 0);
  const expected = isOpen ? LOOPBACK_ONLY : OWN_ADDRESS;
  if (isGood && !inClear) return host;
  if (given === null && isGood) file?.warn(AT_HOST, IN_CLEAR);
  else if (given === null) file?.complain(AT_HOST, expected);
  else if (isGood) report.warnings.push(outsideProblem('command line', '--host', '', IN_CLEAR));
  else report.problems.push(outsideProblem('command line', '--host', expected, formatGot(given)));
  return host;
}

/** Where nothing says how people reach Howdah: what it listens on; of all addresses the first name, else this machine. */
export function ownUrl({ host, port: number, tls, names }: ListenSettings): string {
  const isEvery = host === '0.0.0.0' || host === '::';
  const shown = isEvery ? (names[0] ?? (host === '::' ? '::1' : '127.0.0.1')) : host;
  return formatAddress({ scheme: tls === null ? 'http' : 'https', host: shown, port: number });
}
