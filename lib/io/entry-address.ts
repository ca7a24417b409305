// Who is behind an address? One fresh sign-in at each address that a name stands for, as a client would: a connection that was kept shows
// the past. Without an SQL role Patroni is asked at the same host instead.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { AddressAnswer, RawProbe } from '../domain/raw';
import { parseJson } from '../domain/wire/loose';
import { read, readWithin } from './failure';
import type { EntryReader } from './haproxy';
import type { PatroniReader } from './patroni';
import { answerOf, openPostgres, type PostgresTarget } from './postgres-link';

export interface AddressTarget {
  readonly host: string;
  readonly port: number;
  readonly restPort: number;
  /** null: no SQL role. */
  readonly role: Omit<PostgresTarget, 'host' | 'port'> | null;
  readonly patroni: PatroniReader;
  readonly isRestSecure: boolean;
}

const ADDRESSES_MAX = 8;
const CONNECT_MS = 2000;

/** Also through HAProxy and PgBouncer the postmaster's start says which one answered. */
const WHO = `
SELECT json_build_object(
  'in_recovery', pg_is_in_recovery(),
  'started_ms', floor(extract(epoch FROM pg_postmaster_start_time()) * 1000),
  'server_address', host(inet_server_addr()),
  'server_port', inet_server_port(),
  'system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
  'read_only', current_setting('transaction_read_only'),
  'timeline', CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli FROM pg_stat_wal_receiver)
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END
)::text AS answer`;

export function createAddressReader(target: AddressTarget, now: () => number): EntryReader<AddressAnswer> {
  const { host, role } = target;
  const probe = async (address: string, deadlineMs: number): Promise<RawProbe> => ({
    address,
    reading:
      role === null
        ? await askPatroni(target, address, deadlineMs)
        : await signIn({ ...target, role }, address, deadlineMs, now),
  });
  return {
    read: (deadlineMs) =>
      read(async () => {
        const found = await readWithin(() => resolve(host), deadlineMs, now);
        // A name that stands for nothing is what clients meet too.
        if (!found.ok) return { kind: 'address', probes: [{ address: host, reading: found }] };
        return { kind: 'address', probes: await Promise.all(found.value.map((address) => probe(address, deadlineMs))) };
      }, now),
    close: () => undefined,
  };
}

async function resolve(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))].sort().slice(0, ADDRESSES_MAX);
}

async function askPatroni(
  { patroni, restPort, isRestSecure }: AddressTarget,
  address: string,
  deadlineMs: number,
): Promise<RawProbe['reading']> {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  const reading = await patroni.get(`${isRestSecure ? 'https' : 'http'}://${host}:${restPort}`, '/patroni', deadlineMs);
  return reading.ok ? { ...reading, value: { http: reading.value } } : reading;
}

function signIn(
  { host, port, role }: AddressTarget & { readonly role: Omit<PostgresTarget, 'host' | 'port'> },
  address: string,
  deadlineMs: number,
  now: () => number,
): Promise<RawProbe['reading']> {
  // The certificate is for the name.
  const tls =
    role.tls === null || isIP(host) !== 0 ? role.tls : { ...role.tls, serverName: role.tls.serverName ?? host };
  return whoAnswers({ ...role, tls, host: address, port }, deadlineMs, now);
}

/** One fresh sign-in. */
export async function whoAnswers(
  target: PostgresTarget,
  deadlineMs: number,
  now: () => number,
): Promise<RawProbe['reading']> {
  const link = openPostgres(target, {
    name: 'howdah-entry',
    // Through PgBouncer there may be none.
    options: '',
    connectMs: Math.min(CONNECT_MS, deadlineMs),
  });
  try {
    return await readWithin(
      async () => {
        await link.client.connect();
        return { sql: parseJson(await answerOf(link, WHO)) };
      },
      deadlineMs,
      now,
    );
  } finally {
    link.client.end().catch(() => undefined);
    setTimeout(() => link.destroy(), 200).unref();
  }
}
