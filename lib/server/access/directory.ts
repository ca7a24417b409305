// A directory as Howdah asks it: who is this, is the password theirs, in which of our groups are they. It follows no referral, asks for no
// more than it needs, and tells "wrong" from "nobody answers". What becomes of the answer is decided in sign-in.ts.
import { type Client, type Entry, InvalidCredentialsError, ResultCodeError, SizeLimitExceededError } from 'ldapts';
import type { Grant } from '../../contract/access';
import { classify } from '../../io/failure';
import { say } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import type { LdapSettings } from '../config/ldap-file';
import { log } from '../log';
import { material } from '../tls-material';
import { openLdap } from './ldap-link';

export interface Person {
  /** Never another's: `ldap#` and hex of the directory's own. */
  readonly subject: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Nobody can say now. */
export class DirectoryAway extends SpokenError {
  override readonly name = 'DirectoryAway';
}

interface Found {
  readonly dn: string;
  readonly id: Buffer;
  readonly name: string;
  readonly groups: readonly string[];
}

const ALL_MS = 15_000;
const TIME_SECONDS = 5;
/** As names of accounts here: nothing of a filter, a DN or a pattern, and no two ways to write one name. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;
/** Codes of a bind that say something of the person and nothing of the directory (RFC 4511, 4.1.9). */
const WRONG = {
  inappropriateAuthentication: 48,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  unwillingToPerform: 53,
} as const;

export class Directory {
  readonly #settings: LdapSettings;
  readonly #limitMs: number;

  constructor(settings: LdapSettings, limitMs: number = ALL_MS) {
    this.#settings = settings;
    this.#limitMs = limitMs;
  }

  /** People can be looked up without their password. */
  get canLook(): boolean {
    return this.#settings.bind !== null;
  }

  /**
   * null: no such person, or not their password. `onFound` before the password is tried, also where somebody is found by another name than
   * the one that was locked; what it throws is thrown. Rejects with DirectoryAway.
   */
  async signIn(name: string, password: string, onFound: (subject: string) => Promise<void>): Promise<Person | null> {
    // A bind without a password succeeds, as nobody (RFC 4513, 5.1.2).
    if (!NAME.test(name) || password === '' || password.includes('\0')) return null;
    return this.#asking(async (client) => {
      const { bind, bindAs } = this.#settings;
      if (bindAs !== null) {
        const dn = bindAs.replaceAll('{name}', bindAs.includes('=') ? inDn(name) : name);
        if (!(await isBound(client, dn, password))) return null;
        const found = await this.#find(client, this.#filterOf(name));
        // Whoever signed in is whom the filter finds: with a DN that can be seen.
        if (found === null || (bindAs.includes('=') && !sameDn(found.dn, dn))) return null;
        await onFound(subjectOf(found));
        return this.#personOf(client, found);
      }
      await client.bind(bind?.dn ?? '', bind?.password.reveal() ?? '');
      const found = await this.#find(client, this.#filterOf(name));
      if (found !== null) await onFound(subjectOf(found));
      // Of nobody it takes as long.
      const own = found?.dn ?? `cn=howdah-nobody,${this.#settings.base}`;
      if (!(await isBound(client, own, password)) || found === null) return null;
      await client.bind(bind?.dn ?? '', bind?.password.reveal() ?? '');
      return this.#personOf(client, found);
    });
  }

  /** As they are now; null: not found any longer. By what never changes, wherever the person was moved below the base. */
  look(subjects: readonly string[]): Promise<ReadonlyMap<string, Person | null>> {
    return this.#asking(
      async (client) => {
        const { bind, filter, idAttribute } = this.#settings;
        await client.bind(bind?.dn ?? '', bind?.password.reveal() ?? '');
        const people = new Map<string, Person | null>();
        for (const subject of subjects) {
          const id = Buffer.from(subject.slice(PREFIX.length), 'hex');
          const found = await this.#find(
            client,
            `(&${filter.replaceAll('{name}', '*')}(${idAttribute}=${bytesIn(id)}))`,
          );
          people.set(subject, found === null ? null : await this.#personOf(client, found));
        }
        return people;
      },
      Math.max(this.#limitMs, subjects.length * 200),
    );
  }

  /** For `howdah doctor`: that it answers, lets the searching account in and has the base. Rejects with DirectoryAway. */
  async probe(): Promise<void> {
    await this.#asking(async (client) => {
      const { bind, base } = this.#settings;
      if (bind === null) return;
      await client.bind(bind.dn, bind.password.reveal());
      await client.search(base, { scope: 'base', attributes: ['1.1'], sizeLimit: 1, timeLimit: TIME_SECONDS });
    });
  }

  #filterOf(name: string): string {
    return this.#settings.filter.replaceAll('{name}', inFilter(name));
  }

  async #find(client: Client, filter: string): Promise<Found | null> {
    const { base, nameAttribute, idAttribute, groupsAttribute } = this.#settings;
    const attributes = [nameAttribute, idAttribute, ...(groupsAttribute === null ? [] : [groupsAttribute])];
    const entries = await searched(client, base, filter, attributes, [idAttribute], 2);
    if (entries === null || entries.length > 1) {
      log.warn({ base }, 'the filter of the directory finds several people: nobody of them is let in');
      return null;
    }
    const [entry] = entries;
    if (entry === undefined) return null;
    const [id] = buffersOf(entry, idAttribute);
    const [name = ''] = textsOf(entry, nameAttribute);
    if (entry.dn === '' || id === undefined || id.length === 0)
      throw new DirectoryAway(say`the directory names no ${idAttribute} of a person`);
    const groups = groupsAttribute === null ? [] : textsOf(entry, groupsAttribute);
    return { dn: entry.dn, id, name: plain(name), groups };
  }

  async #personOf(client: Client, found: Found): Promise<Person> {
    const { roles } = this.#settings;
    const isIn = await this.#groupsOf(client, found);
    const grants = roles
      .filter(({ group }) => isIn(group))
      .map(({ role, scopes, labels }) => ({ role, scopes, labels }));
    return { subject: subjectOf(found), name: found.name, grants };
  }

  /** Asked for by the names that have a role here: of a thousand other groups nothing comes. */
  async #groupsOf(client: Client, { dn, groups: own }: Found): Promise<(group: string) => boolean> {
    const { groups, roles } = this.#settings;
    if (groups === null) return (group) => own.some((one) => sameDn(one, group));
    const { base, filter, nameAttribute } = groups;
    const wanted = [...new Set(roles.map(({ group }) => `(${nameAttribute}=${inFilter(group)})`))].join('');
    const text = `(&${filter.replaceAll('{dn}', inFilter(dn))}(|${wanted}))`;
    const entries = await searched(client, base, text, [nameAttribute], [], roles.length * 2 + 1);
    if (entries === null) throw new DirectoryAway(say`the directory has several groups of one name`);
    const names = new Set(entries.flatMap((entry) => textsOf(entry, nameAttribute)).map((name) => name.toLowerCase()));
    return (group) => names.has(group.toLowerCase());
  }

  /** With the first address that answers. */
  async #asking<T>(work: (client: Client) => Promise<T>, limitMs: number = this.#limitMs): Promise<T> {
    const { url, startTls, tls } = this.#settings;
    let open: Client | null = null;
    const asking = async (): Promise<T> => {
      let why: unknown = null;
      for (const one of url) {
        open = await openLdap({ url: one, startTls, tls: material(tls) }).catch((error: unknown) => {
          why = error;
          return null;
        });
        if (open !== null) return work(open);
      }
      throw why;
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), limitMs);
    });
    const answer = asking();
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      throw awayOf(error);
    } finally {
      clearTimeout(timer);
      (open as Client | null)?.unbind().catch(() => undefined);
    }
  }
}

const PREFIX = 'ldap#';
const subjectOf = ({ id }: Found): string => `${PREFIX}${id.toString('hex')}`;

/** What others threw goes on as it is; of the library's words nobody reads any. */
function awayOf(error: unknown): unknown {
  if (error instanceof SpokenError) return error;
  if (error instanceof InvalidCredentialsError) return new DirectoryAway(say`the directory does not let Howdah search`);
  if (error instanceof ResultCodeError)
    return new DirectoryAway(say`the directory refuses to be asked: code ${String(error.code)}`);
  return new DirectoryAway(say`the directory does not answer: ${classify(error).message}`);
}

async function isBound(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    const codes: readonly number[] = Object.values(WRONG);
    if (error instanceof InvalidCredentialsError) return false;
    if (error instanceof ResultCodeError && codes.includes(error.code)) return false;
    throw error;
  }
}

/** null: more than `most`. */
async function searched(
  client: Client,
  base: string,
  filter: string,
  attributes: string[],
  binary: string[],
  most: number,
): Promise<readonly Entry[] | null> {
  try {
    const limits = { sizeLimit: most, timeLimit: TIME_SECONDS, derefAliases: 'never' as const };
    const options = { scope: 'sub' as const, filter, attributes, explicitBufferAttributes: binary, ...limits };
    return (await client.search(base, options)).searchEntries;
  } catch (error) {
    if (error instanceof SizeLimitExceededError) return null;
    throw error;
  }
}

/** Names of attributes come as the directory writes them. */
function valuesOf(entry: Entry, attribute: string): readonly (Buffer | string)[] {
  const key = Object.keys(entry).find((one) => one.toLowerCase() === attribute.toLowerCase());
  const value = key === undefined || key === 'dn' ? [] : entry[key];
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

const textsOf = (entry: Entry, attribute: string): readonly string[] => valuesOf(entry, attribute).map(String);
const buffersOf = (entry: Entry, attribute: string): readonly Buffer[] =>
  valuesOf(entry, attribute).map((value) => Buffer.from(value));

/** RFC 4515: what has a meaning in a filter. */
export function inFilter(text: string): string {
  return text.replace(/[\\*()\0]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function bytesIn(bytes: Buffer): string {
  return bytes.toString('hex').replace(/../g, '\\$&');
}

/** RFC 4514: what has a meaning in a DN. */
export function inDn(text: string): string {
  return text.replace(/[\\,+"<>;=\0]|^[ #]|[ ]$/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function sameDn(a: string, b: string): boolean {
  const bare = (dn: string): string => dn.toLowerCase().replace(/ {0,9}([,=+]) {0,9}/g, '$1');
  return bare(a) === bare(b);
}

function plain(name: string): string {
  const text = name.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '').trim();
  return text === '' ? 'somebody' : text.slice(0, 64);
}
