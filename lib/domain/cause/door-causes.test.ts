// A leader that takes writes, and doors that do not lead to it: what clients meet is the cluster's trouble although PostgreSQL has none.
// Each expectation was written from what a client would see. That row, card and wall say the same is asked in lib/telling.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { address, haproxy, other, pgbouncer, type ServerSpec } from '../entries/test-doors';
import { fleetRow } from '../fleet';
import { type ClusterSpec, type EntrySpec, steady } from '../testkit';

const THREE = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] as const;
const lb = (name: string, primary: readonly ServerSpec[]): EntrySpec => ({
  kind: 'haproxy',
  name,
  answer: haproxy({ primary }),
});
const GOOD: readonly ServerSpec[] = [{ name: 'n1', sessions: 7 }, other('n2'), other('n3')];
const NOBODY: readonly ServerSpec[] = [other('n1', { check: 'L4CON' }), other('n2'), other('n3')];
const WRONG: readonly ServerSpec[] = [other('n1', { check: 'L4CON' }), { name: 'n2' }, other('n3')];
const pool = (of: Parameters<typeof pgbouncer>[0][string]): EntrySpec => ({
  kind: 'pgbouncer',
  name: 'pool',
  answer: pgbouncer({ app: of }),
});
const lasting = (...entries: readonly EntrySpec[]): Snapshot => steady({ members: THREE, entries }, 5, 5000);
const told = ({ cause }: Snapshot): string =>
  [cause?.headline, cause?.consequence, cause?.ifNobodyActs, ...(cause?.steps ?? []).map(({ text }) => text)].join(
    '\n',
  );

describe('clients that do not reach a leader that works', () => {
  it('through the only door, which leads to nobody, have an outage: critical, right after not writable', () => {
    const snapshot = lasting(lb('lb', NOBODY));
    const { cause, cluster, health } = snapshot;
    expect([cause?.code, cause?.severity, cause?.impact, health]).toEqual([
      'clients_cut_off',
      'critical',
      'not_reached',
      'critical',
    ]);
    expect(String(cause?.headline)).toBe('n1 takes writes, and nobody reaches it through lb primary');
    // PostgreSQL takes writes: nobody is to be failed over, restarted or rebuilt.
    expect([cluster.writable, cause?.notWritableSince]).toEqual([true, null]);
    expect(cause?.steps.some(({ action }) => action !== null)).toBe(false);
    expect(cause?.steps[1]?.command).toBe('psql "host=10.0.0.1 port=5432 dbname=postgres"');
  });

  it('are led to a standby: who it is stands in the headline, and the row of the fleet says the same', () => {
    const primary = { ...lb('lb', WRONG), primary: ['primary'] };
    const snapshot = lasting(primary);
    expect(String(snapshot.cause?.headline)).toBe('n1 takes writes, and lb primary leads clients to n2');
    expect(fleetRow(snapshot, []).headline?.title).toEqual(snapshot.cause?.headline);
  });

  it('of one door of two are said as those alone: the other still leads to the leader', () => {
    const snapshot = lasting(lb('lb-1', NOBODY), lb('lb-2', GOOD));
    expect([snapshot.cause?.code, snapshot.cause?.impact]).toEqual(['clients_cut_off', 'degraded']);
    expect(told(snapshot)).toContain('lb-2 primary leads to n1');
  });

  it('of two doors, both broken, are told once with both names', () => {
    const snapshot = lasting(lb('lb-1', NOBODY), lb('lb-2', NOBODY));
    expect(snapshot.cause?.impact).toBe('not_reached');
    expect(String(snapshot.cause?.headline)).toContain('through lb-1 primary and lb-2 primary');
  });

  it('wait in a pool without a connection, or in one that was paused and forgotten', () => {
    const stuck = lasting(pool({ host: '10.0.0.1', port: 5432, waiting: 4, waitSeconds: 7, busy: 0, idle: 0 }));
    expect(String(stuck.cause?.headline)).toBe('n1 takes writes, and pool app has no connection to it');
    const paused = lasting(
      pool({ host: '10.0.0.1', port: 5432, paused: true, waiting: 3, waitSeconds: 12.5, busy: 0, idle: 0 }),
    );
    expect(String(paused.cause?.headline)).toBe('n1 takes writes, and pool app is paused: its clients wait');
  });

  it('by an address that nobody holds do not either', () => {
    const vip: EntrySpec = { kind: 'address', name: 'vip', answer: address({ '10.0.0.20:5432': 'timeout' }) };
    const snapshot = lasting(vip);
    expect([snapshot.cause?.code, snapshot.cause?.impact]).toEqual(['clients_cut_off', 'not_reached']);
  });
});

describe('is no cause', () => {
  const codeOf = (spec: ClusterSpec, rounds = 5, pause = 5000): string | undefined =>
    steady(spec, rounds, pause).cause?.code;

  it('where every door leads to the leader', () => {
    expect(lasting(lb('lb', GOOD)).cause).toBeNull();
  });

  it('in the seconds that a switchover takes', () => {
    expect(codeOf({ members: THREE, entries: [lb('lb', NOBODY)] }, 3, 2000)).toBeUndefined();
  });

  it('for readers, whose door leads to nobody while writes go on', () => {
    const readers: EntrySpec = {
      ...lb('lb', NOBODY),
      answer: haproxy({ readers: [other('n1'), other('n2', { check: 'L4CON' }), other('n3', { check: 'L4CON' })] }),
      replicas: ['readers'],
    };
    expect(lasting(readers).cause?.code).not.toBe('clients_cut_off');
  });

  it('where nobody takes writes: then the leader is the trouble, and no door could lead to it', () => {
    const gone = {
      members: [{ ...THREE[0], rest: 'refused', sql: 'refused' }, ...THREE.slice(1)],
      leader: null,
    } as const;
    expect(codeOf({ ...gone, entries: [lb('lb', NOBODY)] })).toMatch(/^leader_gone/);
  });

  it('beside two primaries, which cost more', () => {
    const two = [{ name: 'n1' }, { name: 'n2', role: 'primary', timeline: 2 }, { name: 'n3' }] as const;
    expect(codeOf({ members: two, entries: [lb('lb', NOBODY)] })).toBe('two_primaries');
  });
});
