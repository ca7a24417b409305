// Reads `listen:` of howdah.yaml and --host: where Howdah is reached, by whom it may be told where a request came from, and the
// certificate of its own socket. Without sign-in only this machine reaches it; that is refused here, before a socket is open.
import { isIP } from 'node:net';
import { formatAddress, isLoopback, isPort } from './address';
import type { AuthSettings } from './auth-file';
import { commandLineProblem, type Flags } from './flags';
import { DEFAULT_LISTEN, type ListenSettings, type ListenTls, type Report } from './settings';
import { readTls } from './tls';
import { formatGot } from './words';
import type { Field } from './yaml-field';

export interface ListenFile extends Pick<ListenSettings, 'tls' | 'trustedProxies' | 'names'> {
  /** Judged later: --host may win over it, and `auth` decides what is allowed. */
  readonly host: Field;
  readonly port: number | null;
}

const LOOPBACK_ONLY = 'a loopback address (127.0.0.0/8, ::1, localhost), because nobody signs in here (auth: none)';
const OWN_ADDRESS = 'an address of this machine, such as 10.0.0.5 or 0.0.0.0 for all of them';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;
const NAME_MAX = 253;

export function readListen(field: Field): ListenFile {
  field.expectMap(['host', 'port', 'tls', 'trustedProxies', 'names']);
  return {
    host: field.get('host'),
    port: field.get('port').readNumber('a port from 1 to 65535', isPort),
    tls: readListenTls(field.get('tls')),
    trustedProxies: readEach(field.get('trustedProxies'), 'addresses or networks such as 10.0.0.0/8', isNetwork),
    names: readEach(field.get('names'), 'host names such as howdah.example.com, without port', isHostName).map(plain),
  };
}

/** PEM files, PEM text, or {file: path}. `ca` goes out with the certificate: those between it and what browsers know. */
function readListenTls(field: Field): ListenTls | null {
  if (!field.expectMap(['cert', 'key', 'ca'])) return null;
  const fields = { ca: pemField(field.get('ca')), cert: pemField(field.get('cert')), key: pemField(field.get('key')) };
  if (field.get('cert').isAbsent)
    field.problem({ expected: 'the certificate of this server as cert', message: 'it is missing' });
  const { ca, cert, key } = readTls({ ...fields, serverName: null, verify: true, passphrase: null });
  if (cert === null || key === null) return null;
  const files = Object.values(fields).flatMap((at) => {
    const name =
      at.isAbsent || (at.rawText?.includes('-----BEGIN ') ?? true) ? null : at.readText('the path of a file');
    return name === null ? [] : at.resolvePath(name);
  });
  return { cert: cert + (ca ?? ''), key, files };
}

function pemField(field: Field): Field {
  return field.isMap && field.expectMap(['file']) ? field.get('file') : field;
}

/** A list of texts, or one text with commas. */
function readEach(field: Field, expected: string, isGood: (text: string) => boolean): string[] {
  const fields = field.isList ? field.items() : field.isAbsent ? [] : [field];
  return fields.flatMap((at) => {
    const texts = at.readText(expected)?.split(',') ?? [];
    if (at.isAbsent) at.problem({ expected, message: 'got nothing' });
    return texts.flatMap((text) => {
      const word = text.trim();
      return isGood(word) ? word : (at.problem({ expected, message: formatGot(word) }) ?? []);
    });
  });
}

export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isHostName(text: string): boolean {
  return isIP(unbracketed(text)) !== 0 || (text.length <= NAME_MAX && NAME.test(text));
}

const unbracketed = (text: string): string => text.replace(/^\[(.*)\]$/, '$1');
const plain = (text: string): string => unbracketed(text).toLowerCase().replace(/\.$/, '');

export function readHost(
  flags: Pick<Flags, 'host'>,
  file: ListenFile | null,
  auth: Pick<AuthSettings, 'kind'>,
  report: Report,
): string {
  const expected = auth.kind === 'none' ? LOOPBACK_ONLY : OWN_ADDRESS;
  const fromFile = file?.host.readText(expected) ?? null;
  const host = unbracketed(flags.host ?? fromFile ?? DEFAULT_LISTEN.host);
  if (isLoopback(host)) return host;
  const isGood = auth.kind !== 'none' && isHostName(host);
  const inClear = file === null || (file.tls === null && file.trustedProxies.length === 0);
  if (isGood && !inClear) return host;
  const warning =
    'who listens on the way reads passwords and sessions: no TLS here (listen.tls), no proxy before it (listen.trustedProxies)';
  if (isGood && flags.host === null) file?.host.warn(warning);
  else if (isGood) report.warnings.push(commandLineProblem('--host', '', warning));
  else if (flags.host !== null) report.problems.push(commandLineProblem('--host', expected, formatGot(flags.host)));
  else file?.host.problem({ expected, message: file.host.got });
  return host;
}

/** Where nothing says how people reach Howdah: what it listens on; of all addresses the first name, else this machine. */
export function ownUrl({ host, port, tls, names }: ListenSettings): string {
  const isEvery = host === '0.0.0.0' || host === '::';
  const shown = isEvery ? (names[0] ?? (host === '::' ? '::1' : '127.0.0.1')) : host;
  return formatAddress({ scheme: tls === null ? 'http' : 'https', host: shown, port });
}
