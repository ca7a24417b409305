// `howdah backups push`: sends what a backup tool printed, with a token that reports backups and does nothing else.
import type { TakenAnswer } from '../contract/backups';
import { BODY_MAX_BYTES } from '../contract/limits';
import { PATHS } from '../contract/paths';
import { TOOL_NAMES } from '../domain/backups/backup';
import { Usage } from './access';
import { EXIT } from './act';
import { Api } from './api';
import { out } from './print';

export async function pushBackups(
  given: {
    readonly url?: string | undefined;
    readonly token?: string | undefined;
    readonly json?: boolean | undefined;
  },
  args: readonly string[],
  about: { readonly cluster: string | null; readonly stanza: string | null },
): Promise<number> {
  if (args.join(' ') !== 'push') throw new Usage('expected: pgbackrest info --output=json | howdah backups push');
  const token = given.token ?? process.env.HOWDAH_BACKUP_TOKEN;
  if (token === undefined) throw new Usage('expected HOWDAH_BACKUP_TOKEN or --token: a token of backups.push');
  const url = (given.url ?? process.env.HOWDAH_URL ?? 'http://127.0.0.1:3000').replace(/\/+$/, '');
  const body = await readInput();
  const query = new URLSearchParams(
    Object.entries(about).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  const route = query.size === 0 ? PATHS.reportBackups : `${PATHS.reportBackups}?${query}`;
  const { taken } = await new Api({ url, token, local: false }).postText<TakenAnswer>(route, body);
  if (given.json === true) out(JSON.stringify(taken));
  else
    for (const { tool, name, backups, clusters } of taken)
      out(
        `${TOOL_NAMES[tool]} ${name}: ${backups} backups, of ${clusters.join(', ') || 'no cluster that is known now'}`,
      );
  return EXIT.done;
}

async function readInput(): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    const chunk = Buffer.from(part);
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) throw new Usage(`the report is over ${BODY_MAX_BYTES} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
