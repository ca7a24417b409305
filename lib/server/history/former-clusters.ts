// Which source each name's cluster came from, by the newest snapshot that was kept of it: what a store knows that is older than the names
// (names/store-names.ts).

import { field, parseObject, text } from '../../domain/wire/loose';
import type { Row, Session } from '../store/driver';
import { readFrame, readFrames } from './past-store';

const SCOPES_MAX = 5000;

export async function formerClusters(
  session: Session,
): Promise<readonly { readonly name: string; readonly source: string }[]> {
  const rows = await session.query(
    `SELECT scope FROM history_recent UNION SELECT scope FROM history_chunk ORDER BY scope LIMIT ${SCOPES_MAX}`,
  );
  const found: { name: string; source: string }[] = [];
  for (const { scope } of rows) {
    const source = text(field(parseObject((await newestFrame(session, String(scope))) ?? ''), 'source'));
    if (source !== null) found.push({ name: String(scope), source });
  }
  return found;
}

async function newestFrame(session: Session, scope: string): Promise<string | null> {
  const [recent] = await session.query(
    'SELECT body FROM history_recent WHERE scope = $1::text AND kind IN (1, 2) ORDER BY from_at DESC LIMIT 1',
    [scope],
  );
  const json = recent === undefined ? null : await readFrame(bytesOf(recent));
  if (json !== null) return json;
  const [chunk] = await session.query(
    'SELECT body FROM history_chunk WHERE scope = $1::text AND level IN (10, 11) ORDER BY from_at DESC LIMIT 1',
    [scope],
  );
  return chunk === undefined ? null : ((await readFrames(bytesOf(chunk))).at(-1)?.json ?? null);
}

function bytesOf({ body }: Row): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
