// Reports that Howdah asks for itself: of an address, or of a pgBackRest repository that is mounted here. One question of a place at a
// time, the next one after its pause; what fails is logged once, and the report that is there grows old by itself.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { Stanza } from '../../domain/backups/backup';
import { fromInfo, STANZAS_MAX } from '../../domain/backups/parse';
import { type WalFile, walListOf, walName } from '../../domain/backups/wal-names';
import { read } from '../../io/failure';
import { connector } from '../../io/tls';
import type { BackupPlace } from '../config/backup-file';
import { log } from '../log';
import { material } from '../tls-material';
import { type BackupDesk, readReport } from './backup-desk';

const DEADLINE_MS = 30_000;
const CONNECT_MS = 5000;
const REPORT_MAX_BYTES = 4 * 1024 * 1024;
/** Files of an archive; 16 MiB each are 3 TiB of WAL. */
const WAL_MAX = 200_000;
const FOLDERS_MAX = 2000;
/** How often it may fail to come before it is missed. */
const LATE_TURNS = 3;
const LATE_LEAST_MS = 15 * 60_000;

/** Begins at once. Returns what ends it. */
export function pullReports(
  places: readonly BackupPlace[],
  desk: Pick<BackupDesk, 'take'>,
  now: () => number,
): () => void {
  const ends = places.map((place) => pullOne(place, desk, now));
  return () => {
    for (const end of ends) end();
  };
}

function pullOne(place: BackupPlace, desk: Pick<BackupDesk, 'take'>, now: () => number): () => void {
  const everyMs = place.everySeconds * 1000;
  const lateAfterMs = Math.max(LATE_TURNS * everyMs, LATE_LEAST_MS);
  const reader = readerOf(place);
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  let said = '';
  const again = async (): Promise<void> => {
    const reading = await read(
      async () => desk.take(await reader.read(), { reporter: place.name, scope: place.cluster, lateAfterMs }),
      now,
    );
    if (isOver) return;
    const words = reading.ok ? '' : String(reading.error.message);
    if (words !== said)
      log[reading.ok ? 'info' : 'warn'](
        { place: place.name, why: words || undefined },
        reading.ok ? 'the report of backups comes again' : 'no report of backups',
      );
    said = words;
    timer = setTimeout(() => void again(), everyMs);
    timer.unref();
  };
  void again();
  return () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
    reader.close();
  };
}

interface Reader {
  readonly read: () => Promise<readonly Stanza[]>;
  readonly close: () => void;
}

function readerOf({ url, repository, ...place }: BackupPlace): Reader {
  if (url === null) return { read: () => readRepository(repository ?? ''), close: () => undefined };
  const agent = new Agent({
    connections: 1,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    maxResponseSize: REPORT_MAX_BYTES,
    connect: connector(material(place.tls), CONNECT_MS),
  });
  return { read: async () => stanzasIn(await fetchText(agent, url, place)), close: () => void agent.destroy() };
}

async function fetchText(
  agent: Agent,
  url: string,
  { username, password }: Pick<BackupPlace, 'username' | 'password'>,
): Promise<string> {
  const basic = username === null ? null : Buffer.from(`${username}:${password?.reveal() ?? ''}`).toString('base64');
  const answer = await request(url, {
    dispatcher: agent,
    method: 'GET',
    signal: AbortSignal.timeout(DEADLINE_MS),
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
    headers: { connection: 'close', ...(basic === null ? {} : { authorization: `Basic ${basic}` }) },
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`it answers ${answer.statusCode}`);
  return text;
}

function stanzasIn(text: string): readonly Stanza[] {
  const report = readReport(text);
  if (report.kind !== 'stanzas') throw new Error('it is a list of an archive, not of backups');
  return report.stanzas;
}

/** Each stanza that has a backup.info, with what its archive holds. */
export async function readRepository(folder: string): Promise<readonly Stanza[]> {
  const names = (await readdir(join(folder, 'backup'))).filter((name) => /^[\w.-]+$/.test(name)).sort();
  const found: Stanza[] = [];
  for (const name of names.slice(0, STANZAS_MAX)) {
    const text = await readCapped(join(folder, 'backup', name, 'backup.info')).catch(() => null);
    const report = text === null ? null : fromInfo(text, name);
    if (report?.kind !== 'stanzas') continue;
    const files = await archiveFiles(join(folder, 'archive', name)).catch(() => []);
    found.push(...report.stanzas.map((stanza) => ({ ...stanza, wal: walListOf(files) })));
  }
  if (found.length === 0) throw new Error('no backup.info that can be read is in it');
  return found;
}

async function readCapped(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > REPORT_MAX_BYTES) throw new Error('it is too large');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Of the newest database of the stanza: `15-1/0000000100000000/…`. Only files beside a hole are looked at for their times. */
async function archiveFiles(folder: string): Promise<readonly WalFile[]> {
  const databases = (await readdir(folder)).filter((name) => /^\d+(\.\d+)?-\d+$/.test(name));
  const newest = databases.sort((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1])).at(-1);
  if (newest === undefined) return [];
  const logs = (await readdir(join(folder, newest))).filter((name) => /^[0-9A-F]{16}$/.test(name)).sort();
  const files: { readonly path: string; readonly name: string }[] = [];
  for (const log of logs.slice(-FOLDERS_MAX)) {
    for (const name of await readdir(join(folder, newest, log)))
      if (walName(name) !== null) files.push({ path: join(folder, newest, log, name), name });
    if (files.length > WAL_MAX) throw new Error('it holds too many files');
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const holes = walListOf(files.map(({ name }) => ({ name, bytes: null, at: null })))?.holes ?? [];
  const firsts = new Set(holes.map(({ firstWal }) => firstWal.slice(8)));
  return Promise.all(
    files.map(async ({ path, name }, index): Promise<WalFile> => {
      const next = files[index + 1]?.name;
      const isBeside =
        next === undefined || [...firsts].some((first) => name.slice(8, 24) < first && next.slice(8, 24) > first);
      return { name, bytes: null, at: isBeside ? Math.round((await stat(path)).mtimeMs) : null };
    }),
  );
}
