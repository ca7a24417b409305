// Rules about pg_hba: one line that PostgreSQL cannot read makes it refuse the whole file and go on with the old one, so each is read as
// PostgreSQL reads it (libpq/hba.c, REL_17): kind, databases, users, address with its mask, method, options. Then the order: a line
// under a wider one never matches. Names of databases and users are not looked up.
import { say, type Text } from '../../language/sentence';
import { type Fix, type Found, found, remove, setTo } from './problem';

const KINDS = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const;
const HOST_KINDS: readonly string[] = KINDS.slice(1);
const METHODS: readonly string[] =
  'trust reject scram-sha-256 md5 password gss sspi ident peer ldap radius cert pam bsd oauth'.split(' ');

/** Option by the methods that take it; null: every method of a hostssl line. */
const OPTIONS: Readonly<Record<string, readonly string[] | null>> = {
  map: ['ident', 'peer', 'gss', 'sspi', 'cert', 'oauth'],
  clientcert: null,
  clientname: null,
  pamservice: ['pam'],
  pam_use_hostname: ['pam'],
  ...Object.fromEntries(
    'server port tls scheme prefix suffix basedn binddn bindpasswd searchattribute searchfilter url'
      .split(' ')
      .map((name) => [`ldap${name}`, ['ldap']]),
  ),
  krb_realm: ['gss', 'sspi'],
  include_realm: ['gss', 'sspi'],
  compat_realm: ['sspi'],
  upn_username: ['sspi'],
  ...Object.fromEntries('servers secrets ports identifiers'.split(' ').map((name) => [`radius${name}`, ['radius']])),
  issuer: ['oauth'],
  scope: ['oauth'],
  validator: ['oauth'],
  delegate_ident_mapping: ['oauth'],
};

export interface HbaLine {
  readonly kind: string;
  readonly databases: readonly string[];
  readonly users: readonly string[];
  /** null: a local line. */
  readonly address: Address | null;
  readonly method: string;
}

type Address =
  | { readonly kind: 'all' }
  | { readonly kind: 'network'; readonly family: 4 | 6; readonly bits: bigint; readonly length: number }
  | { readonly kind: 'name'; readonly name: string };

/** Fields of a line, each a list: `a, b` is one field of two. Quotes and comments as PostgreSQL takes them. */
function hbaFields(line: string): readonly (readonly string[])[] {
  const fields: string[][] = [];
  let joins = false;
  for (const [token] of line.matchAll(/#.*|,|(?:"[^"]*"|[^\s,"#])+/g)) {
    if (token.startsWith('#')) break;
    const last = fields.at(-1);
    if (token === ',') joins = true;
    else if (joins && last !== undefined) {
      last.push(plain(token));
      joins = false;
    } else fields.push([plain(token)]);
  }
  return fields;
}

const plain = (token: string): string => token.replaceAll('"', '');

/** What is wrong, in words, and how to say it right where that is clear. */
interface Wrong {
  readonly code: string;
  readonly text: Text;
  /** The line as it was meant. */
  readonly meant?: string;
}

/** null: no rule, a comment, a blank or an include. */
function readHba(line: string): HbaLine | Wrong | null {
  const fields = hbaFields(line);
  const [kind = ''] = fields[0] ?? [];
  if (fields.length === 0 || kind.startsWith('@') || /^include(_if_exists|_dir)?$/.test(kind)) return null;
  if (!KINDS.some((known) => known === kind))
    return {
      code: 'pg_hba_type',
      text: say`A line of pg_hba begins with ${KINDS.join(', ')}; ${kind} makes PostgreSQL refuse the file`,
    };
  const least = kind === 'local' ? 4 : 5;
  const short: Wrong = {
    code: 'pg_hba_short',
    text: say`A ${kind} line of pg_hba has at least ${least} fields; PostgreSQL would refuse the file`,
  };
  if (fields.length < least) return short;
  const [, databases = [], users = [], ...rest] = fields;
  const [address, after] = kind === 'local' ? [null, rest] : readAddress(rest);
  if (address !== null && 'code' in address) return address;
  const [method = ''] = after[0] ?? [];
  if (method === '') return short;
  return (
    methodProblem(kind, method, line) ??
    optionProblem(kind, method, after.slice(1)) ?? { kind, databases, users, address, method }
  );
}

type Fields = readonly (readonly string[])[];

function readAddress(fields: Fields): readonly [Address | Wrong, Fields] {
  const [word = ''] = fields[0] ?? [];
  const rest = fields.slice(1);
  const wrong = (text: Text): readonly [Wrong, Fields] => [{ code: 'pg_hba_address', text }, rest];
  if (word === 'all') return [{ kind: 'all' }, rest];
  const [ip = '', mask, ...more] = word.split('/');
  const family = familyOf(ip);
  if (family === null) {
    if (/^[\d.]+$/.test(ip)) return wrong(say`${word} is no full address: write all four numbers, each to 255`);
    if (mask !== undefined) return wrong(say`${word} is no address with a mask: PostgreSQL would refuse the file`);
    if (word.includes(':')) return wrong(say`${word} is no address: PostgreSQL would take it for the name of a host`);
    return [{ kind: 'name', name: word.toLowerCase() }, rest];
  }
  const width = family === 4 ? 32 : 128;
  const bits = bitsOf(ip, family);
  if (mask !== undefined) {
    const length = Number(mask);
    return more.length > 0 || !/^\d+$/.test(mask) || length > width
      ? wrong(say`The mask of ${word} is 0 to ${width}: PostgreSQL would refuse the file`)
      : [{ kind: 'network', family, bits, length }, rest];
  }
  const [second = ''] = rest[0] ?? [];
  if (familyOf(second) !== family)
    return wrong(say`${word} needs a mask, such as ${word}/${width}: PostgreSQL would refuse the file`);
  const ones = bitsOf(second, family).toString(2).padStart(width, '0');
  const length = ones.replace(/0+$/, '').length;
  return ones.slice(0, length).includes('0')
    ? wrong(say`${second} is no mask of an address: its ones do not stand together`)
    : [{ kind: 'network', family, bits, length }, rest.slice(1)];
}

function familyOf(text: string): 4 | 6 | null {
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return 4;
  if (!/^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(text)) return null;
  const halves = text.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1)?.includes('.') === true;
  if (tail && familyOf(groups.at(-1) ?? '') !== 4) return null;
  const count = groups.length + (tail ? 1 : 0);
  const sound = groups.every(
    (group, index) => /^[\da-fA-F]{1,4}$/.test(group) || (tail && index === groups.length - 1),
  );
  return sound && (halves.length === 1 ? count === 8 : halves.length === 2 && count < 8) ? 6 : null;
}

function bitsOf(text: string, family: 4 | 6): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const widen = (half: string): readonly bigint[] =>
    half === ''
      ? []
      : half.split(':').flatMap((group) => {
          if (!group.includes('.')) return [BigInt(`0x${group}`)];
          const four = bitsOf(group, 4);
          return [four >> 16n, four & 0xffffn];
        });
  const [head = '', tail] = text.split('::');
  const [left, right] = [widen(head), widen(tail ?? '')];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  return [...left, ...zeros, ...right].reduce((sum, group) => sum * 65536n + group, 0n);
}

function methodProblem(kind: string, method: string, line: string): Wrong | null {
  const wrong = (text: Text, meant?: string): Wrong => ({
    code: 'pg_hba_method',
    text,
    ...(meant === undefined ? {} : { meant: line.replace(new RegExp(`(\\s)${method}(?=\\s|$)`), `$1${meant}`) }),
  });
  if (!METHODS.includes(method)) {
    const meant =
      METHODS.find((known) => known === method.toLowerCase()) ?? (/^scram/i.test(method) ? 'scram-sha-256' : undefined);
    return wrong(say`${method} is no method of pg_hba: PostgreSQL would refuse the file`, meant);
  }
  if (method === 'peer' && kind !== 'local')
    return wrong(say`peer is for local lines only: PostgreSQL would refuse the file`, 'ident');
  if (method === 'cert' && kind !== 'hostssl')
    return wrong(say`cert is for hostssl lines only: PostgreSQL would refuse the file`);
  if (kind === 'local' && ['gss', 'sspi'].includes(method))
    return wrong(say`${method} is not for local lines: PostgreSQL would refuse the file`);
  return null;
}

/** One of them must stand beside the method. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ldap: ['ldapbasedn', 'ldapprefix', 'ldapsuffix', 'ldapurl'],
  radius: ['radiusservers'],
  oauth: ['issuer'],
};

function optionProblem(kind: string, method: string, options: Fields): Wrong | null {
  const wrong = (text: Text): Wrong => ({ code: 'pg_hba_option', text });
  const needed = NEEDED[method];
  if (needed !== undefined && !options.some(([word = '']) => needed.includes(word.split('=')[0] ?? '')))
    return wrong(say`The method ${method} needs one of ${needed.join(', ')}: PostgreSQL would refuse the file`);
  for (const option of options) {
    const text = option.join(',');
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(text) ?? [];
    if (!text.includes('='))
      return wrong(say`${text} after the method is no name=value: PostgreSQL would refuse the file`);
    const takers = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (takers === undefined) return wrong(say`pg_hba has no option ${name}: PostgreSQL would refuse the file`);
    if (takers === null ? kind !== 'hostssl' : !takers.includes(method))
      return wrong(
        takers === null
          ? say`${name} is for hostssl lines only: PostgreSQL would refuse the file`
          : say`${name} is not for the method ${method}: PostgreSQL would refuse the file`,
      );
    if (name === 'clientcert' && !['verify-ca', 'verify-full'].includes(value))
      return wrong(say`clientcert is verify-ca or verify-full: PostgreSQL would refuse the file`);
  }
  return null;
}

// ---- the order

/** Whatever matches `later` matches `earlier` first. */
function covers(earlier: HbaLine, later: HbaLine): boolean {
  const kind = earlier.kind === later.kind || (earlier.kind === 'host' && HOST_KINDS.includes(later.kind));
  return (
    kind &&
    // `all` leaves out replication; sameuser, +role and patterns are not opened up.
    later.databases.every(
      (name) => earlier.databases.includes(name) || (earlier.databases.includes('all') && name !== 'replication'),
    ) &&
    (earlier.users.includes('all') || later.users.every((name) => earlier.users.includes(name))) &&
    coversAddress(earlier.address, later.address)
  );
}

function coversAddress(earlier: Address | null, later: Address | null): boolean {
  if (earlier === null || later === null) return earlier === later;
  if (earlier.kind === 'all') return true;
  if (earlier.kind === 'name') return later.kind === 'name' && earlier.name === later.name;
  if (later.kind !== 'network' || earlier.family !== later.family || earlier.length > later.length) return false;
  const shift = BigInt((earlier.family === 4 ? 32 : 128) - earlier.length);
  return earlier.bits >> shift === later.bits >> shift;
}

/** `lines`: the whole list at `path`, texts. */
export function hbaProblems(lines: readonly string[], path: readonly string[]): readonly Found[] {
  const sound: { readonly line: HbaLine; readonly index: number }[] = [];
  return lines.flatMap((text, index): readonly Found[] => {
    const read = readHba(text);
    if (read === null) return [];
    const at = [...path, index];
    if ('code' in read) {
      const fix: Fix | null = read.meant === undefined ? null : setTo(at, read.meant);
      return [found('error', read.code, at, read.text, fix)];
    }
    const wider = sound.find(({ line }) => covers(line, read));
    sound.push({ line: read, index });
    return wider === undefined
      ? []
      : [
          found(
            'warning',
            'pg_hba_never',
            at,
            say`Never matches: line ${wider.index + 1} comes before it and takes all of it`,
            remove(at),
          ),
        ];
  });
}

export function letsReplicationIn(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const [[kind = ''] = [], databases = []] = hbaFields(line);
    return kind.startsWith('host') && databases.includes('replication');
  });
}
