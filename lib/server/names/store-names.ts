// The store's rows go by the names of clusters. Before anybody else asks, rows of names that have moved are carried to the new ones, all in
// one transaction; what the store remembers of names says which, so that it happens once, whoever opens it and however often.
// Copies of journal entries stay as they are: they are compared with the journal.

import { isObject } from '../../domain/wire/loose';
import type { HowdahConfig } from '../config/config';
import { NOW_MS, type Row, type Session, StoreError } from '../store/driver';
import type { Store } from '../store/store';
import { type KnownCluster, type Move, movedBy, ofSource, refusalOf } from './moves';

/** Of a store of before: by the newest kept snapshot of each name, the source that it came from. */
export type FormerClusters = (
  session: Session,
) => Promise<readonly { readonly name: string; readonly source: string }[]>;

type Rename = Pick<Move, 'from' | 'to'>;

/** Columns that tell rows of one cluster apart, of each table that has a row of its own for a cluster. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  action: [],
  running_action: ['scope'],
  config_revision: ['scope', 'revision'],
  history_recent: ['scope', 'kind', 'from_at'],
  history_chunk: ['scope', 'level', 'from_at'],
  cluster_event: ['scope', 'id'],
  leadership: ['scope', 'system_identifier', 'timeline'],
  note: [],
  alert: [],
  alert_group: ['scope'],
  access_approval: [],
  roster_member: ['scope', 'member'],
  backup_report: [],
};
/** No cluster has it: a scope holds no slash at its beginning. */
const BETWEEN = '/moving/';

export interface AlignOptions extends Pick<HowdahConfig, 'sources' | 'moveNames'> {
  /** What the data folder knows. */
  readonly known: readonly KnownCluster[];
  readonly former: FormerClusters;
}

/** Rejects where the store knows names that would move and nobody said that this is meant; then nothing was changed. */
export async function alignStore(session: Session, options: AlignOptions): Promise<readonly Rename[]> {
  await session.begin();
  try {
    const done = await align(session, options);
    await session.query('COMMIT');
    return done;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function align(
  session: Session,
  { sources, moveNames, known, former }: AlignOptions,
): Promise<readonly Rename[]> {
  const rows = await session.query('SELECT name, source, place, origin, scope FROM cluster_identity ORDER BY name');
  const stored = rows.map(storedCluster);
  // What was kept before names were: the source is known by the snapshots, and its clusters get the names they have now.
  const first = stored.length === 0 ? await formerClusters(session, { sources, former }) : [];
  const { clusters, moves } = movedBy([...stored, ...first], sources);
  const agreed = new Map(known.map(({ source, scope, name }) => [JSON.stringify([source, scope]), name]));
  const isMeant = (move: Move): boolean => {
    const index = [...stored, ...first].findIndex(({ name }) => name === move.from);
    const after = clusters[index];
    return (
      index >= stored.length ||
      (after !== undefined && agreed.get(JSON.stringify([after.source, after.scope])) === move.to)
    );
  };
  if (!moveNames && !moves.every(isMeant)) throw new StoreError(refusalOf(moves), null);
  await renameRows(session, moves);
  await session.query('DELETE FROM cluster_identity');
  for (const cluster of clusters) {
    const { sql, params } = identityRow(cluster);
    await session.query(sql, params);
  }
  return moves;
}

/** A cluster that is seen for the first time. */
export async function saveIdentities(store: Pick<Store, 'together'>, clusters: readonly KnownCluster[]): Promise<void> {
  if (clusters.length > 0) await store.together(clusters.map(identityRow));
}

function identityRow({ name, source, place, from, scope }: KnownCluster) {
  return {
    sql: `INSERT INTO cluster_identity (name, source, place, origin, scope, seen_at)
          VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, ${NOW_MS})
          ON CONFLICT (name) DO UPDATE SET
            source = excluded.source, place = excluded.place, origin = excluded.origin, scope = excluded.scope`,
    params: [name, source, place, from, scope],
  };
}

function storedCluster({ name, source, place, origin, scope }: Row): KnownCluster {
  return {
    ...{ name: String(name), source: String(source), place: String(place), scope: String(scope) },
    from: origin === 'flags' ? 'flags' : 'file',
  };
}

/** Until then the second to answer was called `scope@source`, the first had the bare name. */
async function formerClusters(
  session: Session,
  { sources, former }: Pick<AlignOptions, 'sources' | 'former'>,
): Promise<KnownCluster[]> {
  return (await former(session)).flatMap(({ name, source: of }) => {
    const source = sources.find((one) => one.name === of);
    if (source === undefined) return [];
    const suffix = `@${of}`;
    // With one source there never was a second to answer.
    const scope = sources.length > 1 && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    return [{ ...ofSource(source), scope, name }];
  });
}

/** By way of names that nobody has: two clusters may change theirs with each other. */
async function renameRows(session: Session, renames: readonly Rename[]): Promise<void> {
  if (renames.length === 0) return;
  const steps = renames.map(({ from, to }, index) => ({ from, between: `${BETWEEN}${index}`, to }));
  for (const [table, key] of Object.entries(TABLES)) {
    for (const { from, between } of steps) await session.query(moveScope(table), [between, from]);
    for (const { between, to } of steps) {
      // What is there already was written by whoever has the name: it stays.
      if (key.length > 0) await session.query(dropDoubles(table, key), [between, to]);
      await session.query(moveScope(table), [to, between]);
    }
  }
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  const nameOf = (name: unknown): unknown => (typeof name === 'string' ? (names.get(name) ?? name) : name);
  const scopesOf = (value: unknown): unknown => (Array.isArray(value) ? value.map(nameOf) : value);
  const inScope = (value: unknown): unknown => replaced(value, 'scope', nameOf);
  const inScopes = (value: unknown): unknown => replaced(value, 'scopes', scopesOf);
  const each = (value: unknown): unknown => (Array.isArray(value) ? value.map(inScopes) : value);
  await rewrite(session, { table: 'action', column: 'record' }, inScope);
  await rewrite(session, { table: 'alert', column: 'body' }, (value) => replaced(value, 'alert', inScope));
  await rewrite(session, { table: 'silence', column: 'body' }, inScope);
  await rewrite(session, { table: 'access_wall', column: 'body' }, inScopes);
  await rewrite(session, { table: 'access_user', column: 'grants' }, each);
  await rewrite(session, { table: 'access_token', column: 'grants' }, each);
}

function moveScope(table: string): string {
  return `UPDATE ${table} SET scope = $1::text WHERE scope = $2::text`;
}

function dropDoubles(table: string, key: readonly string[]): string {
  const same = key.filter((column) => column !== 'scope').map((column) => ` AND o.${column} = ${table}.${column}`);
  return `DELETE FROM ${table} WHERE scope = $1::text
          AND EXISTS (SELECT 1 FROM ${table} AS o WHERE o.scope = $2::text${same.join('')})`;
}

function replaced(value: unknown, key: string, change: (value: unknown) => unknown): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? { ...value, [key]: change(value[key]) } : value;
}

const PAGE = 500;

/** Rows whose JSON names a cluster. */
async function rewrite(
  session: Session,
  { table, column }: { readonly table: string; readonly column: string },
  change: (value: unknown) => unknown,
): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await session.query(
      `SELECT id, ${column} AS body FROM ${table} WHERE id > $1::text ORDER BY id LIMIT ${PAGE}`,
      [after],
    );
    for (const { id, body: stored } of rows) {
      const body = typeof stored === 'string' ? (JSON.parse(stored) as unknown) : stored;
      const next = change(body);
      if (JSON.stringify(next) === JSON.stringify(body)) continue;
      await session.query(`UPDATE ${table} SET ${column} = $1::text::jsonb WHERE id = $2::text`, [
        JSON.stringify(next),
        id,
      ]);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = String(last.id);
  }
}
