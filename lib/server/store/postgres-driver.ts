// The store in a PostgreSQL of its own (DATABASE_URL). Works through PgBouncer in transaction mode: no session state is kept,
// and the deadline is ours, because statement_timeout would be a start parameter. A connection that misses it is thrown away.

import { Pool, type PoolClient, types } from 'pg';
import { classify } from '../../io/failure';
import { say, type Text } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import type { Secret } from '../config/config';
import {
  type Connection,
  type Driver,
  MIGRATE_MS,
  QUERY_MS,
  type Row,
  type Session,
  type Statement,
  StoreAway,
  StoreError,
  StoreFull,
  StoreSlow,
  withDeadline,
} from './driver';

const CONNECTIONS = 4;
/** Finds a server that froze while nobody asked. */
const PING_MS = 10_000;
/** Any number that nothing else in the database uses: processes that start at once wait for each other. */
const LOCK_KEY = 4_720_160_431;
const INT8 = 20;
const NUMERIC = 1700;

export function postgresDriver(url: Secret): Driver {
  return { kind: 'postgres', connect: (lost) => connect(url, lost) };
}

async function connect(url: Secret, onLost: (reason: Text) => void): Promise<Connection> {
  const pool = new Pool({
    connectionString: url.reveal(),
    max: CONNECTIONS,
    connectionTimeoutMillis: QUERY_MS,
    application_name: 'howdah-store',
    keepAlive: true,
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid, format) => (oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format)),
    },
  });
  let isOpen = false;
  const lost = (reason: Text): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(ping);
    void pool.end().catch(() => undefined);
    onLost(reason);
  };
  // Without a listener a server that goes away would end the process.
  pool.on('error', (error) => lost(wordsOf(error)));

  const use = async <T>(ms: number, work: (client: PoolClient) => Promise<T>): Promise<T> => {
    let client: PoolClient | null = null;
    let broken = true;
    try {
      client = await pool.connect().catch((error) => {
        throw new StoreAway(wordsOf(error));
      });
      client.on('error', ignore);
      const result = await withDeadline(work(client), ms);
      broken = false;
      return result;
    } catch (error) {
      // One slow statement is not the loss of the server: its connection goes, and the next ping says what of the others is true.
      if (error instanceof StoreSlow) pingSoon();
      else if (error instanceof StoreAway && !(error instanceof StoreFull)) lost(saidBy(error));
      else broken = false;
      throw error;
    } finally {
      client?.release(broken);
      client?.off('error', ignore);
    }
  };
  const query = async (sql: string, params: readonly unknown[]): Promise<readonly Row[]> =>
    use(QUERY_MS, (client) => ask(client, sql, params));

  const checkAlive = (): void =>
    void query('SELECT 1', []).catch((error: unknown) => {
      if (error instanceof StoreSlow) lost(saidBy(error));
    });
  let isPinging = false;
  function pingSoon(): void {
    if (isPinging || !isOpen) return;
    isPinging = true;
    checkAlive();
    setTimeout(() => {
      isPinging = false;
    }, QUERY_MS).unref();
  }
  const ping = setInterval(checkAlive, PING_MS);
  ping.unref();
  try {
    const [row] = await query('SELECT pg_is_in_recovery() AS standby', []);
    if (row?.standby === true) throw new StoreAway(say`it is a standby and takes no writes`);
  } catch (error) {
    clearInterval(ping);
    void pool.end().catch(ignore);
    throw new SpokenError(saidBy(error));
  }
  isOpen = true;
  return {
    notice: null,
    query,
    together: (statements, guard) => use(QUERY_MS, (client) => together(client, statements, guard)),
    session: (work) =>
      use(MIGRATE_MS, (client) => {
        const session: Session = {
          begin: async () => {
            await ask(client, 'BEGIN', []);
            await ask(client, "SET LOCAL lock_timeout = '20s'", []);
            await ask(client, 'SELECT pg_advisory_xact_lock($1::bigint)', [LOCK_KEY]);
          },
          query: (sql, params = []) => ask(client, sql, params),
          script: async (sql) => void (await ask(client, sql, [])),
        };
        return work(session);
      }),
    close: async () => {
      isOpen = false;
      clearInterval(ping);
      await pool.end();
    },
  };
}

async function together(
  client: PoolClient,
  statements: readonly Statement[],
  guard: Statement | null,
): Promise<(readonly Row[])[] | null> {
  await ask(client, 'BEGIN', []);
  try {
    const isKept = guard === null || (await ask(client, guard.sql, guard.params)).length > 0;
    const answers: (readonly Row[])[] = [];
    if (isKept) for (const { sql, params } of statements) answers.push(await ask(client, sql, params));
    await ask(client, isKept ? 'COMMIT' : 'ROLLBACK', []);
    return isKept ? answers : null;
  } catch (error) {
    // Where there is no answer the connection is thrown away, and the transaction with it.
    if (error instanceof StoreError || error instanceof StoreFull) await ask(client, 'ROLLBACK', []);
    throw error;
  }
}

async function ask(client: PoolClient, sql: string, params: readonly unknown[]): Promise<readonly Row[]> {
  try {
    const result = params.length === 0 ? await client.query<Row>(sql) : await client.query<Row>(sql, [...params]);
    return result.rows;
  } catch (error) {
    const code = codeOf(error);
    if (code === null || !SQLSTATE.test(code) || AWAY.test(code)) throw new StoreAway(wordsOf(error));
    if (code === DISK_FULL) throw new StoreFull(say`the disk is full`);
    throw new StoreError(error instanceof Error ? error.message : String(error), code);
  }
}

const DISK_FULL = '53100';
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** No answer to the statement: connection, sign-in, shutdown, no such database, too many connections, a standby. */
const AWAY = /^(08|28|57P|3D|53300|25006)/;

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

function wordsOf(error: unknown): Text {
  return codeOf(error) === '25006' ? say`it is a standby and takes no writes` : classify(error).message;
}

function ignore(): void {}
