// `howdah audit`: checks and exports the journal of a data folder, with no Howdah running or beside one. Only reads.
// Exit codes: 0 the record holds, 1 it does not (or there is none), 2 a wrong argument or setting.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from '../domain/wire/loose';
import { revive } from '../language/carry';
import { type Anchor, compareAnchors, parseAnchors } from '../server/audit/anchors';
import { compareWithStore } from '../server/audit/compare';
import { formatCsv, rowsOf } from '../server/audit/export';
import { journalPaths, readEntries } from '../server/audit/files';
import { homeOf, storeAnchors } from '../server/audit/store-witness';
import { verifyJournal } from '../server/audit/verify';
import type { HowdahConfig } from '../server/config/config';
import { storeFile } from '../server/store/embedded-driver';
import { postgresDriver } from '../server/store/postgres-driver';
import { SqliteDatabase } from '../server/store/sqlite';
import type { Store } from '../server/store/store';
import { Usage } from './access';
import { err, out } from './print';

export interface AuditArguments {
  readonly format: string | null;
  readonly scope: string | null;
  /** Files of heads that were kept elsewhere. */
  readonly anchors: readonly string[];
}

const ANCHORS_MAX_BYTES = 256 * 1024 * 1024;

export async function audit(config: HowdahConfig, args: readonly string[], given: AuditArguments): Promise<number> {
  const [what, folder, ...more] = args;
  if (more.length > 0) throw new Usage(`unexpected argument "${more[0]}"`);
  const dataDir = folder === undefined ? config.dataDir : path.resolve(folder);
  if (what === 'verify') return verify({ ...config, dataDir }, given.anchors);
  if (what === 'export') return exportAll(dataDir, given.format, given.scope);
  throw new Usage('expected: howdah audit verify [folder] or howdah audit export --format json|csv [folder]');
}

async function verify(config: HowdahConfig, files: readonly string[]): Promise<number> {
  const { dataDir } = config;
  const anchors = files.map((file) => ({ file, ...anchorsIn(file) }));
  const result = await verifyJournal(dataDir);
  out(`journal   ${journalPaths(dataDir).journal}`);
  if (result.journal !== null) out(`id        ${result.journal}`);
  out(`entries   ${result.entries}`);
  if (result.head !== null) out(`head      ${result.head}`);
  for (const note of result.notes) out(`note      ${note}`);
  for (const problem of result.problems) out(`problem   ${problem}`);
  let sound = result.ok;
  const judge = async (said: string, these: readonly Anchor[]): Promise<void> => {
    const problems = await compareAnchors(dataDir, these);
    out(said);
    for (const problem of problems) out(`problem   ${problem}`);
    sound = sound && problems.length === 0;
  };
  for (const { file, anchors: these, others } of anchors)
    await judge(`anchors   ${these.length} of ${file}${others === 0 ? '' : `, ${others} lines are none`}`, these);
  try {
    const store = await openToRead(config);
    try {
      if (result.journal !== null) {
        const { compared, missing, problems } = await compareWithStore(dataDir, store);
        const rest = missing === 0 ? '' : `, ${missing} at the end are not there: it is older than the journal`;
        out(`store     ${compared} entries compared${rest}`);
        for (const problem of problems) out(`problem   ${problem}`);
        sound = sound && problems.length === 0;
      }
      const heads = await storeAnchors(store, homeOf(config)).catch(() => []);
      if (heads.length > 0) await judge(`anchors   ${heads.length} of the store`, heads);
    } finally {
      await store.close();
    }
  } catch (error) {
    out(`store     not compared: ${error instanceof Error ? error.message : error}`);
  }
  out(sound ? 'the record holds' : 'the record does not hold');
  return sound ? 0 : 1;
}

function anchorsIn(file: string): ReturnType<typeof parseAnchors> {
  let text: string;
  try {
    if (statSync(file).size > ANCHORS_MAX_BYTES) throw new Error('it is larger than 256 MiB');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Usage(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const found = parseAnchors(text);
  if (found.anchors.length === 0) throw new Usage(`${file} holds no head of a journal`);
  return found;
}

/** Rows as the store of a running Howdah gives them: with their sentences. */
async function openToRead(config: HowdahConfig): Promise<Pick<Store, 'query'> & { close(): Promise<void> }> {
  if (config.databaseUrl !== null) {
    const connection = await postgresDriver(config.databaseUrl).connect(() => undefined);
    const query = async <R>(sql: string, params: readonly unknown[] = []): Promise<R[]> =>
      revive([...(await connection.query(sql, params))]) as R[];
    return { query, close: () => connection.close() };
  }
  const database = new SqliteDatabase(storeFile(config.dataDir), 'read');
  const query = async <R>(sql: string, params: readonly unknown[] = []): Promise<R[]> => {
    const [answer] = database.ask([{ sql, params }]) ?? [];
    return (answer?.rows ?? []).map((row) => {
      const parsed = (answer?.json ?? []).map((name) => [name, parseJson(String(row[name]))] as const);
      return revive({ ...row, ...Object.fromEntries(parsed) }) as R;
    });
  };
  return { query, close: async () => database.close() };
}

async function exportAll(folder: string, format: string | null, scope: string | null): Promise<number> {
  if (format !== 'json' && format !== 'csv') throw new Usage('expected --format json or --format csv');
  const result = await verifyJournal(folder);
  for (const problem of result.problems) err(`problem   ${problem}`);
  try {
    const rows = await rowsOf(readEntries(journalPaths(folder)), scope);
    out(format === 'csv' ? formatCsv(rows).trimEnd() : JSON.stringify(rows, null, 2));
  } catch {
    return 1;
  }
  return result.ok ? 0 : 1;
}
