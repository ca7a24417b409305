// Sources that were added from the browser: `sources.json` in the data folder, beside howdah.yaml and after it. What each says stands in it as
// one sealed text, address and password together, so that neither can be changed without the key; opened, it is an item of `sources:` and read
// by the same schema. No file, no variable and no pod's account is read for it: whoever adds a source names no path of this machine.
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { isObject, type JsonObject, list, parseObject, text } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import { Keys } from '../access/keys';
import { foldName, takenNames } from '../config/naming';
import type { ConfigProblem, Report } from '../config/problem';
import { formatProblem } from '../config/problem';
import { buildSecret, type Secret } from '../config/secret';
import { type SourceConfig, sources as sourcesSchema } from '../config/source-file';
import { type Files, openYaml } from '../config/yaml-file';
import { section } from '../config/yaml-schema';
import { damaged, unusable, wordsOf } from '../data-file';

/** As it stands in the file. */
export interface AddedEntry {
  readonly id: string;
  readonly name: string;
  /** For people who open the file; what counts is sealed. */
  readonly where: string;
  readonly sealed: string;
}

/** All of the file. */
export interface Beside {
  readonly entries: readonly AddedEntry[];
  /** Names of clusters that move at the next start: somebody said that it is meant. */
  readonly meant: readonly Meant[];
}

export interface Meant {
  readonly from: string;
  readonly to: string;
}

export interface Added {
  readonly id: string;
  readonly name: string;
  /** null: it is set aside, see `aside`. */
  readonly source: SourceConfig | null;
  /** Why it does not count; null: it does. */
  readonly aside: Text | null;
  /** Sealed by a secret of before. */
  readonly isStale: boolean;
}

export const ADDED_FILE = 'sources.json';
export const ADDED_MAX = 200;
const SECRET_FILE = 'secret';

const NOTHING: Beside = { entries: [], meant: [] };

const document = section({ sources: sourcesSchema });

/** Nothing but the one text can be read; in place of each other file that is named it is `certificates`, where they were sent along. */
export function closedFiles(file: string, given: string, certificates: string | null = null): Files {
  const readFile = (name: string): string => {
    if (name === `/${file}`) return given;
    if (certificates !== null) return certificates;
    throw Object.assign(new Error('closed'), { code: 'ECLOSED' });
  };
  return { cwd: '/', env: {}, readFile };
}

/** An item of `sources:` as its text says; a list of what is wrong otherwise. */
export function readItem(written: string): SourceConfig | readonly ConfigProblem[] {
  const report: Report = { problems: [], warnings: [] };
  const files = closedFiles(ADDED_FILE, written);
  const file = openYaml({ file: ADDED_FILE, files, report, dialect: 'howdah' });
  const [source, ...more] = file?.read(document)?.sources ?? [];
  if (source === undefined || more.length > 0 || report.problems.length > 0) return report.problems;
  return { ...source, from: 'added' };
}

type SecretAs = (secret: Secret, at: readonly string[]) => unknown;

/** The item that gives this source again; secrets in the clear, unless something else shall stand in their place. */
export function writeItem(source: SourceConfig, secretAs: SecretAs = (secret) => escaped(secret.reveal())): string {
  const { from: _, dcs, patroni, name, ...rest } = source;
  const { seeds, ...login } = patroni;
  const item = {
    name,
    ...rest,
    ...(dcs === null ? {} : { [dcs.kind === 'etcd3' ? 'etcd' : dcs.kind]: { ...dcs, kind: null, admin: null } }),
    patroni: { ...login, hosts: seeds.length === 0 ? null : seeds },
  };
  return stringify({ sources: [plain(item, [], secretAs)] });
}

const escaped = (written: string): string => written.replaceAll('${', () => '$${');

/** Without what is null or empty, as a reader of howdah.yaml wants it. */
function plain(value: unknown, at: readonly string[], secretAs: SecretAs): unknown {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map((part) => plain(part, at, secretAs));
  if (typeof value !== 'object' || value === null) return value;
  if (isSecret(value)) return secretAs(value, at);
  const kept = Object.entries(value).flatMap(([key, part]) => {
    const written = plain(part, [...at, key], secretAs);
    const isEmpty = written === null || (typeof written === 'object' && Object.keys(written).length === 0);
    return isEmpty ? [] : [[key, written] as const];
  });
  return Object.fromEntries(kept);
}

function isSecret(value: object): value is Secret {
  return 'reveal' in value && typeof value.reveal === 'function';
}

/** What the file holds, each with the reason for which it does not count. Throws words for people where the file cannot be used. */
export function readAdded(
  dataDir: string,
  {
    secrets,
    written,
    readFile,
  }: {
    readonly secrets: { readonly current: Secret | null; readonly old: readonly Secret[] };
    /** The sources that come first: a name of theirs is not taken twice. */
    readonly written: readonly SourceConfig[];
    readonly readFile: (name: string) => string;
  },
): readonly Added[] {
  const { entries } = readBeside(dataDir, readFile);
  if (entries.length === 0) return [];
  const keys = knownKeys(dataDir, secrets, readFile);
  const taken = new Set(takenNames(written));
  return entries.map(({ id, name, sealed }): Added => {
    const aside = (why: Text): Added => ({ id, name, source: null, aside: why, isStale: false });
    const opened = keys?.unseal(sealed, about(id)) ?? null;
    if (opened === null)
      return aside(
        say`it was sealed by another secret: put HOWDAH_SECRET or the file secret back, or remove it here and add it again`,
      );
    const source = readItem(opened.text);
    if (!('name' in source)) return aside(say`it is not understood: ${source.map(formatProblem).join('; ')}`);
    const names = takenNames([source]);
    if ([...names].some((one) => taken.has(one)))
      return aside(say`the file has a source of this name, and the file comes first: rename it, or remove it here`);
    for (const one of names) taken.add(foldName(one));
    return { id, name: source.name, source, aside: null, isStale: !opened.isCurrent };
  });
}

/** Throws words for people where the file cannot be used. */
export function readBeside(dataDir: string, readFile: (name: string) => string): Beside {
  const file = path.join(dataDir, ADDED_FILE);
  let written: string;
  try {
    written = readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return NOTHING;
    throw new Error(String(unusable(file, ADDED_FILE, wordsOf(error))));
  }
  if (written === '') return NOTHING;
  const json = parseObject(written);
  const entries = list(json?.sources ?? null).flatMap(entryOf);
  if (json?.version !== 1 || entries.length !== list(json.sources).length || entries.length > ADDED_MAX)
    throw new Error(String(damaged(file, ADDED_FILE)));
  return { entries, meant: list(json.moves).flatMap(moveOf) };
}

/** All of them or none: a crash leaves the file of before. The caller holds the lock of the data folder. */
export function writeBeside(dataDir: string, beside: Beside): void {
  const file = path.join(dataDir, ADDED_FILE);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, besideText(beside), { mode: 0o600, flush: true });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

export function besideText({ entries, meant }: Beside): string {
  return `${JSON.stringify({ version: 1, sources: entries, moves: meant }, null, 1)}\n`;
}

export function sealEntry(keys: Keys, id: string, source: SourceConfig): AddedEntry {
  const hosts = source.dcs?.hosts ?? source.patroni.seeds;
  const where = `${source.dcs?.kind ?? 'patroni'} ${hosts.join(', ')}`;
  return { id, name: source.name, where, sealed: keys.seal(writeItem(source), about(id)) };
}

const about = (id: string): string => `source:${id}`;

/** Makes none: a secret that nobody has opens nothing. */
function knownKeys(
  dataDir: string,
  { current, old }: { readonly current: Secret | null; readonly old: readonly Secret[] },
  readFile: (name: string) => string,
): Keys | null {
  const all = [...(current === null ? own(dataDir, readFile) : [current]), ...old];
  return all.length === 0 ? null : new Keys(all);
}

function own(dataDir: string, readFile: (name: string) => string): Secret[] {
  try {
    const secret = readFile(path.join(dataDir, SECRET_FILE)).trim();
    return secret === '' ? [] : [buildSecret(secret)];
  } catch {
    return [];
  }
}

function entryOf(value: unknown): AddedEntry[] {
  if (!isObject(value as JsonObject)) return [];
  const { id, name, where, sealed } = value as JsonObject;
  const [a, b, c, d] = [text(id ?? null), text(name ?? null), text(where ?? null), text(sealed ?? null)];
  return a === null || b === null || c === null || d === null ? [] : [{ id: a, name: b, where: c, sealed: d }];
}

function moveOf(value: unknown): Meant[] {
  const { from = null, to = null } = isObject(value as JsonObject) ? (value as JsonObject) : {};
  return typeof from === 'string' && typeof to === 'string' ? [{ from, to }] : [];
}
