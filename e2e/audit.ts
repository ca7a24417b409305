// `npm run audit`: checks and exports the journal of a data folder, with no Howdah running or beside one. Only reads.
// Exit codes: 0 the chain holds, 1 it does not (or there is none), 2 a wrong argument or setting.
import { writeSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { journalPaths, readEntries } from '../lib/server/audit/chain';
import { compareWithStore } from '../lib/server/audit/compare';
import { formatCsv, rowsOf } from '../lib/server/audit/export';
import { verifyJournal } from '../lib/server/audit/verify';
import { configFromProcess, formatProblem, type HowdahConfig } from '../lib/server/config/config';
import { postgresDriver } from '../lib/server/store/postgres-driver';

const USAGE = `usage: npm run audit -- verify [folder]
       npm run audit -- export --format json|csv [--scope scope] [folder]

folder: the data folder; without it that of howdah.yaml, HOWDAH_DATA or .howdah
--config, -c: the settings to take the folder from
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [command, given, ...more] = positionals;
  if (values.help === true) return say(USAGE, 0);
  if (more.length > 0) return complain(`unexpected argument "${more[0]}"`);
  // The settings are read as the web server does; only the folder and DATABASE_URL are used.
  const flags = values.config === undefined ? [] : ['--config', values.config];
  const loaded = configFromProcess({ ...process.env, HOWDAH_ARGV: JSON.stringify(flags) });
  if (!loaded.ok) return complain(loaded.problems.map(formatProblem).join('\n'));
  const folder = given === undefined ? loaded.config.dataDir : path.resolve(given);
  if (command === 'verify') return verify(folder, loaded.config);
  if (command === 'export') return exportAll(folder, values.format, values.scope ?? null);
  return complain(command === undefined ? 'verify or export?' : `unknown command "${command}"`);
}

function parse(argv: string[]) {
  return parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      scope: { type: 'string' },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

async function verify(folder: string, { databaseUrl }: HowdahConfig): Promise<number> {
  const result = await verifyJournal(folder);
  say(`journal   ${journalPaths(folder).journal}\n`);
  if (result.journal !== null) say(`id        ${result.journal}\n`);
  say(`entries   ${result.entries}\n`);
  if (result.head !== null) say(`head      ${result.head}\n`);
  for (const note of result.notes) say(`note      ${note}\n`);
  for (const problem of result.problems) say(`problem   ${problem}\n`);
  let sound = result.ok;
  if (databaseUrl === null) say('store     not compared: DATABASE_URL is not set\n');
  else if (result.journal !== null) {
    try {
      const connection = await postgresDriver(databaseUrl).connect(() => undefined);
      try {
        const query = async <R>(sql: string, params: readonly unknown[] = []): Promise<R[]> =>
          [...(await connection.query(sql, params))] as R[];
        const { compared, missing, problems } = await compareWithStore(folder, { query });
        const rest = missing === 0 ? '' : `, ${missing} at the end are not there yet`;
        say(`store     ${compared} entries compared with DATABASE_URL${rest}\n`);
        for (const problem of problems) say(`problem   ${problem}\n`);
        sound = sound && problems.length === 0;
      } finally {
        await connection.close();
      }
    } catch (error) {
      say(`store     not compared: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  say(sound ? 'the chain holds\n' : 'the chain does not hold\n');
  return sound ? 0 : 1;
}

async function exportAll(folder: string, format: string | undefined, scope: string | null): Promise<number> {
  if (format !== 'json' && format !== 'csv') return complain('--format json or --format csv?');
  const { journal } = journalPaths(folder);
  const result = await verifyJournal(folder);
  for (const problem of result.problems) process.stderr.write(`problem   ${problem}\n`);
  try {
    const rows = await rowsOf(readEntries(journal), scope);
    say(format === 'csv' ? formatCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`);
  } catch {
    return 1;
  }
  return result.ok ? 0 : 1;
}

/** Whole before the process ends, also into a pipe. */
function say(text: string, code = 0): number {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? error.code : null;
      if (reason === 'EPIPE') return code;
      if (reason !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
  return code;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n${text.includes('\n') ? '' : USAGE}`);
  return 2;
}
