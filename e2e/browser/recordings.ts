// One Howdah with every recording, for all spec files that only look: it starts when the first asks for it, in the process that
// setup.ts runs in, and ends with the run. Whoever kills it, signs in, or counts its streams starts one of their own.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from '@playwright/test';
import { type Howdah, startHowdah } from './howdah';

export const TESTDATA = path.resolve(import.meta.dirname, '../../lib/domain/testdata');
const ADDRESS = 'HOWDAH_TEST_RECORDINGS';

/** Answers with the address of the one Howdah, started at the first question. Returns its end. */
export async function offerRecordings(): Promise<() => Promise<void>> {
  let shared: Promise<Howdah> | null = null;
  const server = createServer((_, answer) => {
    shared ??= startHowdah([], { env: { HOWDAH_REPLAY: TESTDATA, TZ: 'UTC' } });
    shared.then(
      ({ url }) => answer.end(url),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port for the recordings');
  process.env[ADDRESS] = `http://127.0.0.1:${at.port}`;
  return async () => {
    server.close();
    server.closeAllConnections();
    await (await shared?.catch(() => undefined))?.stop();
  };
}

export interface Recordings {
  readonly url: string;
}

/** For beforeAll, which may take its time from here on: the first waits for the start. */
export async function recordings(): Promise<Recordings> {
  test.setTimeout(600_000);
  const answer = await fetch(process.env[ADDRESS] ?? '');
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return { url: text };
}

/** A folder with these recordings only, for a Howdah of the spec's own: each costs processor time as long as it is shown. */
export function recordingsOf(...scopes: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-recordings-'));
  for (const scope of scopes) cpSync(path.join(TESTDATA, scope), path.join(folder, scope), { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
