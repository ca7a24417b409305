// The statement by version as a table, and on a real PostgreSQL (HOWDAH_TEST_DATABASE_URL, of the step `store`) with real sessions:
// a queue on one row behind somebody who does nothing, and one behind a prepared transaction.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Activity } from '../domain/activity/activity';
import { parseActivity } from '../domain/activity/parse';
import { createPostgresReader, type PostgresReader } from './postgres';
import { activityStatement } from './postgres-activity';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;

describe('the statement of activity', () => {
  const SINCE: Readonly<Record<string, number>> = {
    pg_stat_progress_analyze: 130000,
    pg_stat_progress_basebackup: 130000,
    pg_stat_progress_copy: 140000,
    'transactionid, waitstart': 140000,
    invalidation_reason: 170000,
    'inactive_since)': 170000,
    failover: 170000,
  };
  it.each([130000, 140000, 150018, 160004, 170002, 180000])(
    'of server version %i names what that version has',
    (version) => {
      const statement = activityStatement(version);
      for (const [column, since] of Object.entries(SINCE))
        expect([column, statement.includes(column)]).toEqual([column, version >= since]);
    },
  );
});

describe('on a real PostgreSQL', () => {
  const url = new URL(POSTGRES ?? 'postgres://nobody@127.0.0.1:1/postgres');
  const clients: pg.Client[] = [];
  const connect = async (user: string, name: string): Promise<pg.Client> => {
    const client = new pg.Client({
      ...{ host: url.hostname, port: Number(url.port), user, database: 'postgres', application_name: name },
    });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  let reader: PostgresReader;

  beforeEach(({ skip }) => {
    if (POSTGRES === null) skip('the step store runs it, which starts a PostgreSQL');
  });
  beforeAll(async () => {
    if (POSTGRES === null) return;
    const admin = await connect(url.username, 'admin');
    await admin.query(`DROP ROLE IF EXISTS act_monitor; CREATE ROLE act_monitor LOGIN; GRANT pg_monitor TO act_monitor;
      CREATE TABLE act_row (id int PRIMARY KEY, v int); INSERT INTO act_row VALUES (1, 1), (2, 2)`);
    const target = { host: url.hostname, port: Number(url.port), username: 'act_monitor', password: null };
    reader = createPostgresReader(
      { ...target, database: 'postgres', tls: null, allowCleartext: false, isInside: null },
      Date.now,
    );
  });

  afterAll(async () => {
    reader?.close();
    const [admin, ...others] = clients;
    for (const client of others) await client.end();
    await admin?.query(`ROLLBACK PREPARED 'act-gid'`).catch(() => undefined);
    await admin?.query('DROP TABLE act_row; REVOKE pg_monitor FROM act_monitor; DROP ROLE act_monitor');
    await admin?.end();
  });

  const read = async (): Promise<Activity> => {
    const reading = await reader.activity(10_000);
    if (!reading.ok) throw new Error(String(reading.error.message));
    const activity = parseActivity(reading.value);
    if (activity === null) throw new Error('it is no answer');
    return activity;
  };
  const until = async (test: (activity: Activity) => boolean): Promise<Activity> => {
    for (;;) {
      const activity = await read();
      if (test(activity)) return activity;
      await new Promise((done) => setTimeout(done, 50));
    }
  };

  it('shows the holder of a row as root of all that wait, by whatever detour, and a prepared transaction by its name', async () => {
    const root = await connect(url.username, 'root');
    await root.query('BEGIN; UPDATE act_row SET v = 10 WHERE id = 1');
    const { rows } = await root.query('SELECT pg_backend_pid() AS pid');
    const pending: Promise<unknown>[] = [];
    for (const name of ['w1', 'w2', 'w3']) {
      const waiter = await connect(url.username, name);
      pending.push(waiter.query('UPDATE act_row SET v = v + 1 WHERE id = 1').catch(() => undefined));
    }
    const preparer = await connect(url.username, 'preparer');
    await preparer.query(`BEGIN; UPDATE act_row SET v = 20 WHERE id = 2; PREPARE TRANSACTION 'act-gid'`);
    const behind = await connect(url.username, 'behind');
    pending.push(behind.query('UPDATE act_row SET v = v + 1 WHERE id = 2').catch(() => undefined));

    const activity = await until(({ blocking }) => blocking.length === 6);
    const roots = activity.blocking.filter(({ depth }) => depth === 0);
    expect(roots.map(({ pid, prepared, blocks }) => [pid ?? prepared, blocks])).toEqual([
      [rows[0]?.pid, 3],
      ['act-gid', 1],
    ]);
    expect(roots[0]?.holds).toMatchObject({ mode: 'ExclusiveLock', kind: 'transactionid' });
    expect(activity.connections).toMatchObject({ waiting: 4, idleInTransaction: 1 });
    expect(activity.prepared.map(({ gid }) => gid)).toEqual(['act-gid']);
    const holder = activity.sessions.find(({ pid }) => pid === rows[0]?.pid);
    expect(holder).toMatchObject({ state: 'idle in transaction', application: 'root', writes: true });
    expect(holder?.backendStart).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(activity.horizon).not.toBeNull();

    await root.query('ROLLBACK');
    await preparer.query(`ROLLBACK PREPARED 'act-gid'`);
    await Promise.all(pending);
    expect((await until(({ blocking }) => blocking.length === 0)).connections.waiting).toBe(0);
  });

  it('answers by the connection that is there when no other is left', async () => {
    await read();
    const admin = clients[0];
    const { rows } = (await admin?.query('SELECT rolconnlimit FROM pg_roles LIMIT 1')) ?? { rows: [] };
    expect(rows).toHaveLength(1);
    await admin?.query('ALTER ROLE act_monitor CONNECTION LIMIT 1');
    await expect(connect('act_monitor', 'second')).rejects.toThrow(/too many connections/);
    expect((await read()).connections.used).toBeGreaterThan(0);
    await admin?.query('ALTER ROLE act_monitor CONNECTION LIMIT -1');
  });
});
