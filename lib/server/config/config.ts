// The one entry to Howdah's settings: flags, environment and howdah.yaml become one checked HowdahConfig, or a list of
// everything that is wrong. It never throws and opens nothing but the files the user named.
// It runs twice: in start.ts, which stops on a problem, and again inside the web server (configFromProcess), because
// secrets are not handed from process to process.

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isPort } from './address';
import { DEFAULT_ALERTS } from './alert-file';
import { authFromEnv, DEFAULT_AUTH, readSecrets } from './auth-file';
import { hasSourceFlags, readFlagSources } from './flag-sources';
import { commandLineProblem, type Flags, parseFlags } from './flags';
import { type HowdahFile, readHowdahFile } from './howdah-file';
import { ownUrl, readHost } from './listen-file';
import { buildSecret, type Secret } from './secret';
import {
  type ConfigProblem,
  DEFAULT_DATA,
  DEFAULT_HISTORY,
  DEFAULT_LISTEN,
  DEFAULT_POLL,
  type HowdahConfig,
  type Report,
} from './settings';
import { formatGot } from './words';
import { type Env, type Files, resolveFrom } from './yaml-field';

export type { Secret } from './secret';
export type {
  ConfigProblem,
  EtcdSettings,
  HowdahConfig,
  PatroniSettings,
  PollSettings,
  PostgresSettings,
  SourceConfig,
  TlsProfile,
} from './settings';

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

export function loadConfig(input: LoadInput): LoadResult {
  const { flags, problems } = parseFlags(input.argv);
  const report: Report = { problems, warnings: [] };
  const files: Files = { cwd: input.cwd, env: input.env, readFile: input.readFile };
  const name = chooseFile(flags, files);
  const file = name === null ? null : readHowdahFile(name, files, report);
  const fromFile = file?.sources ?? [];
  const taken = fromFile.map((source) => source.name);
  const sources = [...fromFile, ...readFlagSources(flags, taken, files, report)];
  const auth = authFromEnv(input.env, file?.auth ?? DEFAULT_AUTH, report.problems);
  const listen = {
    host: readHost(flags, file?.listen ?? null, auth, report),
    port: readPort(flags, file, input.env, report),
    tls: file?.listen.tls ?? null,
    trustedProxies: file?.listen.trustedProxies ?? [],
    names: file?.listen.names ?? [],
  };
  const databaseUrl = readDatabaseUrl(input.env, report);
  const secrets = readSecrets(input.env, buildSecret, report.problems);
  if (report.problems.length > 0) return { ok: false, problems: sortProblems(report.problems) };
  const poll = file?.poll ?? DEFAULT_POLL;
  const replay = input.env.HOWDAH_REPLAY ? resolveFrom(input.cwd, input.env.HOWDAH_REPLAY, input.env) : null;
  const origin = formatOrigin(name, hasSourceFlags(flags));
  const data = input.env.HOWDAH_DATA || null;
  const ownData = resolveFrom(input.cwd, data ?? DEFAULT_DATA, input.env);
  const dataDir = data === null ? (file?.data ?? ownData) : ownData;
  const operator = file?.operator ?? (input.user || osUser());
  const readOnly = file?.readOnly ?? false;
  const history = file?.history ?? DEFAULT_HISTORY;
  const store = { dataDir, databaseUrl, operator, readOnly, history };
  const publicUrl = file?.publicUrl ?? ownUrl(listen);
  const access = { auth, approvals: file?.approvals ?? [], secrets };
  const telling = { publicUrl, alerts: file?.alerts ?? DEFAULT_ALERTS, receivers: file?.receivers ?? [] };
  return {
    ok: true,
    config: { listen, poll, sources, replay, ...store, ...access, ...telling, origin, warnings: report.warnings },
  };
}

/** The same settings as start.ts read, from what it left in the environment. Without start.ts: no flags, this folder. */
export function configFromProcess(env: Env = process.env): LoadResult {
  const argv = parseArgv(env.HOWDAH_ARGV);
  if (argv === null) {
    const complaint = { path: 'HOWDAH_ARGV', message: 'it is something else', expected: 'a JSON list of texts' };
    return { ok: false, problems: [{ file: 'environment', line: null, ...complaint }] };
  }
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  return loadConfig({ argv, env, cwd: env.HOWDAH_CWD || process.cwd(), readFile });
}

/** Top to bottom within a file; files, flags and environment in the order they were read. */
function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...problems].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0));
}

/** `howdah.yaml:12  sources[0].etcd.hosts: expected ..., got ...` */
export function formatProblem({ file, line, path, message, expected }: ConfigProblem): string {
  const where = `${file}${line === null ? '' : `:${line}`}`;
  const what = expected === '' ? message : `expected ${expected}, ${message}`;
  return `${where}  ${path === '' ? '' : `${path}: `}${what}`;
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

function readPort(flags: Flags, file: HowdahFile | null, env: Env, report: Report): number {
  const text = flags.port ?? (env.PORT || null);
  if (text === null) return file?.listen.port ?? DEFAULT_LISTEN.port;
  if (/^\d{1,5}$/.test(text) && isPort(Number(text))) return Number(text);
  const complaint = { expected: 'a port from 1 to 65535', message: formatGot(text) };
  report.problems.push(
    flags.port === null
      ? { file: 'environment', line: null, path: 'PORT', ...complaint }
      : commandLineProblem('--port', complaint.expected, complaint.message),
  );
  return DEFAULT_LISTEN.port;
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
  report.problems.push({ file: 'environment', line: null, path: 'DATABASE_URL', message, expected });
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
