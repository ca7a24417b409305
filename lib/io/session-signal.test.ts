// Whom the statement reaches, on a real PostgreSQL (HOWDAH_TEST_DATABASE_URL, of the step `store`).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PostgresTarget } from './postgres-link';
import { lookAtSession, type SessionName, signalSession } from './session-signal';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const PATIENT_MS = 10_000;

describe('the end of a session, on a real PostgreSQL', () => {
  const url = new URL(POSTGRES ?? 'postgres://nobody@127.0.0.1:1/postgres');
  const clients: pg.Client[] = [];
  const connect = async (user: string, more: object = {}): Promise<pg.Client> => {
    const client = new pg.Client({ host: url.hostname, port: Number(url.port), user, database: 'postgres', ...more });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const as = (username: string): PostgresTarget => ({
    ...{ host: url.hostname, port: Number(url.port), username, password: null, database: 'postgres' },
    ...{ tls: null, allowCleartext: false, isInside: null },
  });
  let admin: pg.Client;
  const named = async (pid: number): Promise<SessionName> => {
    const { rows } = await admin.query(
      `SELECT to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS start
       FROM pg_stat_activity WHERE pid = $1`,
      [pid],
    );
    return { pid, backendStart: String(rows[0]?.start) };
  };
  const nameOf = async (client: pg.Client): Promise<SessionName> =>
    named((await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid);
  const end = (name: SessionName, how: 'cancel' | 'terminate' = 'terminate', user = 'sig_ender') =>
    signalSession(as(user), name, how, PATIENT_MS, Date.now);
  const isThere = async (name: SessionName): Promise<boolean> =>
    (await admin.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [name.pid])).rows.length > 0;

  beforeEach(({ skip }) => {
    if (POSTGRES === null) skip('the step store runs it, which starts a PostgreSQL');
  });
  beforeAll(async () => {
    if (POSTGRES === null) return;
    admin = await connect(url.username);
    await admin.query(`CREATE ROLE sig_ender LOGIN; GRANT pg_signal_backend, pg_read_all_stats TO sig_ender;
      CREATE ROLE sig_blind LOGIN; GRANT pg_signal_backend TO sig_blind;
      CREATE ROLE sig_app LOGIN; CREATE ROLE sig_repl LOGIN REPLICATION`);
  });

  afterAll(async () => {
    for (const client of clients.slice(1)) await client.end().catch(() => undefined);
    await admin?.query('DROP ROLE sig_app; DROP ROLE sig_repl; DROP ROLE sig_ender; DROP ROLE sig_blind');
    await admin?.end();
  });

  it('reaches the session that was seen, and it is gone then', async () => {
    const name = await nameOf(await connect('sig_app', { application_name: 'cart' }));
    expect(await lookAtSession(as('sig_ender'), name, PATIENT_MS, Date.now)).toMatchObject({
      isThere: true,
      state: 'idle',
    });
    expect(await end(name)).toEqual({ kind: 'sent', who: 'sig_app, cart' });
    for (;;) {
      const seen = await lookAtSession(as('sig_ender'), name, PATIENT_MS, Date.now);
      if (seen?.isThere === false) break;
    }
    expect(await end(name)).toEqual({ kind: 'none' });
  });

  it('cancels the statement and leaves the session', async () => {
    const client = await connect('sig_app');
    const name = await nameOf(client);
    const sleeping = client.query('SELECT pg_sleep(60)').then(
      () => 'slept',
      (error: Error) => error.message,
    );
    for (;;) {
      const seen = await lookAtSession(as('sig_ender'), name, PATIENT_MS, Date.now);
      if (seen?.state === 'active') break;
    }
    expect((await end(name, 'cancel')).kind).toBe('sent');
    expect(await sleeping).toMatch(/canceling statement/);
    expect(await isThere(name)).toBe(true);
  });

  it('never reaches a pid that was given to another session: its start differs', async () => {
    const name = await nameOf(await connect('sig_app'));
    const earlier = { ...name, backendStart: name.backendStart.replace(/\d{6}Z$/, '000001Z') };
    expect(await end(earlier)).toEqual({ kind: 'none' });
    expect(await isThere(name)).toBe(true);
  });

  it('never reaches a walsender, though the right would suffice', async () => {
    const walsender = await connect('sig_repl', { replication: 'true' });
    await walsender.query('IDENTIFY_SYSTEM');
    const { rows } = await admin.query(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender'`);
    const name = await named(Number(rows[0]?.pid));
    expect(await end(name)).toEqual({ kind: 'none' });
    expect(await isThere(name)).toBe(true);
  });

  it('never reaches a worker of PostgreSQL', async () => {
    const { rows } = await admin.query(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`);
    const name = await named(Number(rows[0]?.pid));
    expect(await end(name)).toEqual({ kind: 'none' });
    expect(await isThere(name)).toBe(true);
  });

  it('is refused a superuser', async () => {
    const name = await nameOf(await connect(url.username));
    expect(await end(name)).toMatchObject({ kind: 'refused', error: { kind: 'denied' } });
    expect(await isThere(name)).toBe(true);
  });

  it('says that it is blind where the role may not see other sessions, instead of that nobody is there', async () => {
    const name = await nameOf(await connect('sig_app'));
    expect(await end(name, 'terminate', 'sig_blind')).toEqual({ kind: 'blind' });
    expect(await isThere(name)).toBe(true);
  });
});
