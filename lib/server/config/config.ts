// The one entry to Howdah's settings: flags, environment and howdah.yaml become one checked HowdahConfig, or a list of
// everything that is wrong. It never throws and opens nothing but the files the user named.
// It runs twice: in start.ts, which stops on a problem, and again inside the web server (configFromProcess), because
// secrets are not handed from process to process.

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { ADDED_FILE, type Added, type Meant, readAdded, readBeside } from '../sources/added';
import { isPort } from './address';
import { type AuthSettings, readAuthKind, readSecrets } from './auth-file';
import { hasSourceFlags, readFlagSources } from './flag-sources';
import { type Flags, parseFlags } from './flags';
import { DEFAULTS, howdahFile } from './howdah-file';
import { type ListenSettings, ownUrl, readHost } from './listen-file';
import { type ConfigProblem, outsideProblem, type Report, sortProblems } from './problem';
import { buildSecret, type Secret } from './secret';
import { formatGot } from './words';
import { type Env, type Files, openYaml, resolveFrom } from './yaml-file';

export type { DcsSettings } from './dcs-file';
export { type ConfigProblem, formatProblem } from './problem';
export type { Secret } from './secret';
export type { PatroniSettings, PollSettings, PostgresSettings } from './settings';
export type { SourceConfig } from './source-file';

type Settings = typeof DEFAULTS;

/** No defaults left to apply. Nothing here is safe to send to a browser as it is. */
export interface HowdahConfig extends Readonly<Omit<Settings, 'listen' | 'data' | 'operator' | 'publicUrl' | 'auth'>> {
  readonly listen: ListenSettings;
  /** Clusters may go by other names than before: it was said that this is meant. */
  readonly moveNames: boolean;
  /** Names of clusters that may move at this start. */
  readonly meant: readonly Meant[];
  /** Folder of recorded scenarios that is shown instead of live clusters, absolute. */
  readonly replay: string | null;
  /** Folder of the journal and the embedded store, absolute. Not made here: the lock's owner makes it. */
  readonly dataDir: string;
  /** The store's PostgreSQL, with its password; null: the embedded store. */
  readonly databaseUrl: Secret | null;
  readonly auth: AuthSettings;
  /** From the environment; `current` null: the data folder's own. */
  readonly secrets: { readonly current: Secret | null; readonly old: readonly Secret[] };
  /** Who acts, for the audit, where nobody signs in; never empty. */
  readonly operator: string;
  /** How people reach these pages, without trailing slash: the beginning of every link in a message. */
  readonly publicUrl: string;
  /** Where the settings came from, for people: `howdah.yaml`, `flags`, `howdah.yaml and flags`, `nothing`. */
  readonly origin: string;
  /** What was added from the browser, also what is set aside; those that count are the last of `sources`. */
  readonly added: readonly Added[];
  /** Where each source of the file stands in it. */
  readonly lines: ReadonlyMap<string, number>;
  /** What was understood differently from what its author may expect; never stops the start. */
  readonly warnings: readonly ConfigProblem[];
}

export interface LoadInput {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly cwd: string;
  /** Throws when there is no such file, as readFileSync does. */
  readonly readFile: (path: string) => string;
  /** Name of the OS user, the operator where none is configured; absent: asked of the system. */
  readonly user?: string;
}

export type LoadResult =
  | { readonly ok: true; readonly config: HowdahConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const DEFAULT_FILE = 'howdah.yaml';
/** In the current folder. */
const DEFAULT_DATA = '.howdah';

export function loadConfig({ argv, env, cwd, readFile, user }: LoadInput): LoadResult {
  const { flags, problems } = parseFlags(argv);
  const report: Report = { problems, warnings: [] };
  const files: Files = { cwd, env, readFile };
  const name = chooseFile(flags, files);
  const file = name === null ? null : openYaml({ file: name, files, report, dialect: 'howdah' });
  const read = file === null ? DEFAULTS : file.read(howdahFile);
  const { listen, data, auth, operator, publicUrl, ...settings } = read ?? DEFAULTS;
  const written = [...settings.sources, ...readFlagSources(flags, settings.sources, files, report)];
  const kind = readAuthKind(env, file, report);
  const host = readHost(flags, { file, settings: read?.listen ?? null }, kind === 'none', report);
  const reached = { ...listen, host, port: readPort(flags, listen.port, env, report) };
  const databaseUrl = readDatabaseUrl(env, report);
  const secrets = readSecrets(env, report);
  const ownData = resolveFrom(cwd, env.HOWDAH_DATA || DEFAULT_DATA, env);
  const dataDir = env.HOWDAH_DATA ? ownData : (data ?? ownData);
  const { added, meant } = readFurther({ dataDir, secrets, written, readFile }, report);
  if (report.problems.length > 0) return { ok: false, problems: sortProblems(report.problems) };
  const sources = [...written, ...added.flatMap(({ source }) => source ?? [])];
  const lines = settings.sources.map((source, index) => [source.name, file?.lineOf(['sources', index]) ?? 0] as const);
  const config = {
    ...settings,
    listen: reached,
    sources,
    moveNames: flags.moveNames,
    meant,
    replay: env.HOWDAH_REPLAY ? resolveFrom(cwd, env.HOWDAH_REPLAY, env) : null,
    dataDir,
    databaseUrl,
    operator: operator ?? (user || osUser()),
    publicUrl: publicUrl ?? ownUrl(reached),
    auth: { ...auth, kind },
    secrets,
    origin: formatOrigin(name, hasSourceFlags(flags)),
    added,
    lines: new Map(lines),
    warnings: report.warnings,
  };
  return { ok: true, config };
}

/** What was added from the browser. A file that cannot be used stops the start; a part of it is set aside, and said. */
function readFurther(
  { dataDir, ...given }: Parameters<typeof readAdded>[1] & { readonly dataDir: string },
  { problems, warnings }: Report,
): { readonly added: readonly Added[]; readonly meant: readonly Meant[] } {
  const at = { file: path.join(dataDir, ADDED_FILE), line: null, column: null, expected: '' };
  try {
    const added = readAdded(dataDir, given);
    for (const { name, aside } of added)
      if (aside !== null) warnings.push({ ...at, path: name, message: String(aside) });
    return { added, meant: readBeside(dataDir, given.readFile).meant };
  } catch (error) {
    problems.push({ ...at, path: '', message: error instanceof Error ? error.message : String(error) });
    return { added: [], meant: [] };
  }
}

/** The same settings as start.ts read, from what it left in the environment. Without start.ts: no flags, this folder. */
export function configFromProcess(
  env: Env = process.env,
  readFile: LoadInput['readFile'] = (path) => readFileSync(path, 'utf8'),
): LoadResult {
  const argv = parseArgv(env.HOWDAH_ARGV);
  if (argv === null) {
    const problem = outsideProblem('environment', 'HOWDAH_ARGV', 'a JSON list of texts', 'it is something else');
    return { ok: false, problems: [problem] };
  }
  return loadConfig({ argv, env, cwd: env.HOWDAH_CWD || process.cwd(), readFile });
}

/**
 * A file that is named must exist. howdah.yaml in the current folder is read when it is there, but not when flags say
 * where the clusters are: trying one cluster out must not drag in another installation's sources.
 */
function chooseFile(flags: Flags, files: Files): string | null {
  const named = flags.config ?? (files.env.HOWDAH_CONFIG || null);
  if (named !== null) return named;
  if (hasSourceFlags(flags)) return null;
  try {
    files.readFile(resolveFrom(files.cwd, DEFAULT_FILE, files.env));
    return DEFAULT_FILE;
  } catch (error) {
    // Only "there is none" is silence: an unreadable howdah.yaml must not look like an empty install.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? null : DEFAULT_FILE;
  }
}

function readPort(flags: Flags, fromFile: number, env: Env, report: Report): number {
  const text = flags.port ?? (env.PORT || null);
  if (text === null || (/^\d{1,5}$/.test(text) && isPort(Number(text)))) return text === null ? fromFile : Number(text);
  const [from, path] = flags.port === null ? (['environment', 'PORT'] as const) : (['command line', '--port'] as const);
  report.problems.push(outsideProblem(from, path, 'a port from 1 to 65535', formatGot(text)));
  return fromFile;
}

/** Only from the environment: it carries a password, and is the name every platform gives it. Nothing of it is quoted. */
function readDatabaseUrl(env: Env, report: Report): Secret | null {
  const text = env.DATABASE_URL?.trim() || null;
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPostgres = url !== null && ['postgres:', 'postgresql:'].includes(url.protocol);
  if (isPostgres && url.pathname.length > 1) return buildSecret(text);
  const message = isPostgres ? 'it names no database' : 'it is something else (not shown, it may hold a password)';
  const expected = 'postgresql://user:password@host:port/database';
  report.problems.push(outsideProblem('environment', 'DATABASE_URL', expected, message));
  return null;
}

/** A container's user may have no name at all: then userInfo throws. */
function osUser(): string {
  try {
    return userInfo().username || 'operator';
  } catch {
    return 'operator';
  }
}

function formatOrigin(file: string | null, hasFlags: boolean): string {
  if (file === null) return hasFlags ? 'flags' : 'nothing';
  return hasFlags ? `${file} and flags` : file;
}

function parseArgv(text: string | undefined): string[] | null {
  if (text === undefined || text === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
  } catch {
    return null;
  }
}
