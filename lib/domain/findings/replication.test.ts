import { describe, expect, it } from 'vitest';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { glyphOf } from '../fleet';
import {
  type ClusterSpec,
  codesOf,
  GENERATIONS,
  HEAD,
  type MemberSpec,
  MIB,
  memberOf,
  NOW,
  play,
  steady,
} from '../testkit';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const find = (snapshot: Snapshot, code: FindingCode): Finding | undefined =>
  snapshot.findings.find((finding) => finding.code === code);
const with2 = (n2spec: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [n1, { ...n2, ...n2spec }, n3],
  ...more,
});
/** It runs, but no witness says that it streams. */
const apart = { upstream: null, patroni: { replication_state: undefined }, key: { replication_state: undefined } };
const off = { sql: 'off' } as const;
const FORK = HEAD - 20 * MIB;
const history = [[1, FORK, 'no recovery target specified', '2026-11-20T00:00:00+00:00', 'n1']];

describe.each(GENERATIONS)('a replica that forked, on Patroni %s', (version) => {
  const forked: ClusterSpec = {
    version,
    history,
    config: { maximum_lag_on_failover: 2 ** 30 },
    members: [
      { ...n1, timeline: 2 },
      { ...n2, ...apart, timeline: 1, lsn: FORK + 9 * MIB, key: { state: 'running' } },
      { ...n3, timeline: 2 },
    ],
  };

  it.each([
    ['with SQL', {}],
    ['by REST alone', off],
  ])('is critical although /cluster says running, %s', (_how, sql) => {
    const snapshot = steady({ ...forked, members: forked.members.map((member) => ({ ...member, ...sql })) });
    expect(find(snapshot, 'replica_diverged')).toMatchObject({ severity: 'critical', members: ['n2'] });
    expect(memberOf(snapshot, 'n2')).toMatchObject({
      divergence: { kind: 'forked', forkLsn: FORK, pastBytes: 9 * MIB },
      patroniSays: { state: 'running' },
      lag: { replayBytes: null },
    });
    expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).toBe('forked');
  });

  it('is refused as a candidate for a reason that Patroni does not know', () => {
    const candidate = steady(forked).readiness.candidates.find((entry) => entry.member === 'n2');
    expect(candidate).toMatchObject({ eligible: false, patroniWouldElect: true });
    expect(candidate?.reasons).toContainEqual(expect.objectContaining({ by: 'howdah', code: 'diverged' }));
  });
});

describe('replica_diverged', () => {
  it('is not said of a replica that stopped at or before the fork: it can follow', () => {
    const spec = (lsn: number): ClusterSpec => ({
      history,
      members: [
        { ...n1, timeline: 2 },
        { ...n2, ...apart, timeline: 1, lsn },
      ],
    });
    expect(codesOf(steady(spec(FORK)))).not.toContain('replica_diverged');
    expect(codesOf(steady(spec(FORK - 1)))).toContain('timeline_behind');
    expect(codesOf(steady(spec(FORK + 1)))).toContain('replica_diverged');
  });

  it('is not said of a stale cached timeline of a replica that streams', () => {
    const spec: ClusterSpec = {
      history,
      members: [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 1 },
      ],
    };
    expect(codesOf(steady(spec))).toEqual([]);
  });

  it('is not said of a replica that only answers later than the leader under load', () => {
    const spec = with2({ lsn: HEAD + 3 * MIB });
    expect(codesOf(steady(spec))).toEqual([]);
  });

  it('is said of a member on a timeline that the leader never had', () => {
    expect(codesOf(steady(with2({ ...apart, timeline: 3 })))).toContain('replica_diverged');
  });

  it('is not known where the history does not say where the timeline ended', () => {
    const spec: ClusterSpec = {
      members: [
        { ...n1, timeline: 2 },
        { ...n2, ...apart, timeline: 1, lsn: HEAD },
      ],
    };
    expect(codesOf(steady(spec))).toContain('timeline_behind');
  });
});

describe('replica_not_streaming', () => {
  it.each(GENERATIONS)(
    'is a warning on Patroni %s for a replica that runs with lag 0 and no row upstream',
    (version) => {
      const snapshot = steady(with2(apart, { version }), 8);
      expect(find(snapshot, 'replica_not_streaming')).toMatchObject({ severity: 'warning', members: ['n2'] });
      expect(memberOf(snapshot, 'n2').patroniSays).toEqual({ state: 'running', lagBytes: 0 });
      expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).not.toBe('replica');
    },
  );

  it('is a note at once and a warning after five seconds: a reconnect is no alarm', () => {
    expect(find(steady(with2(apart), 4), 'replica_not_streaming')?.severity).toBe('note');
    expect(find(steady(with2(apart), 8), 'replica_not_streaming')?.severity).toBe('warning');
  });

  it('is a note while it replays from the archive, and a warning when that lasts', () => {
    const archive = { ...apart, ...off, patroni: { replication_state: 'in archive recovery' } };
    expect(find(steady(with2(archive)), 'replica_not_streaming')?.severity).toBe('note');
    expect(find(steady(with2(archive), 8, 10_000), 'replica_not_streaming')?.severity).toBe('warning');
  });

  it('is not said of a cascade: its row is on its upstream, not on the leader', () => {
    const members: MemberSpec[] = [n1, n2, { ...n3, upstream: 'n2', tags: { replicatefrom: 'n2' } }];
    for (const version of GENERATIONS) {
      const snapshot = steady({ version, members: members.map((member) => ({ ...member, ...off })) }, 8);
      expect(codesOf(snapshot)).toEqual([]);
      expect(memberOf(snapshot, 'n3').upstream).toBe('n2');
    }
  });

  it('is not said of a member whose name is longer than PostgreSQL keeps', () => {
    const long = `${'replica-with-a-very-long-name-in-a-very-long-data-centre-name'}-00-07`;
    expect(long.length).toBeGreaterThan(63);
    const members: MemberSpec[] = [n1, { name: long, ...off }];
    for (const version of GENERATIONS) {
      const snapshot = steady({ version, members }, 8);
      expect(codesOf(snapshot)).toEqual([]);
      expect(memberOf(snapshot, 'n1').externalStandbys).toEqual([]);
    }
  });

  it('is unknown, not claimed, where the SQL role may not see the rows', () => {
    const blind = { application_name: 'n2', state: null };
    const members: MemberSpec[] = [
      { ...n1, rest: 'timeout', fast: { monitor: false, replication: [blind] } },
      { ...n2, ...apart, rest: 'timeout', fast: { monitor: false, wal_receiver: { status: null } } },
    ];
    const snapshot = steady({ version: '3.0.2', members }, 8);
    expect(memberOf(snapshot, 'n1').sqlGrantMissing).toBe(true);
    expect(memberOf(snapshot, 'n2').replication.kind).toBe('unknown');
    expect(memberOf(snapshot, 'n2').stages).toBeNull();
  });
});

describe('replay_paused', () => {
  it.each(GENERATIONS)(
    'shows on Patroni %s what is received and not replayed, where /cluster says lag 0',
    (version) => {
      const paused = { paused: true, received: HEAD, lsn: HEAD - 21 * MIB };
      const snapshot = steady(with2({ ...paused, ...off }, { version }));
      expect(find(snapshot, 'replay_paused')).toMatchObject({ severity: 'warning', members: ['n2'] });
      expect(memberOf(snapshot, 'n2')).toMatchObject({
        lag: { receiveBytes: 0, replayBytes: 21 * MIB },
        patroniSays: { lagBytes: 0 },
      });
      expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).toBe('replay_paused');
      expect(find(snapshot, 'replay_paused')?.evidence.some(({ text }) => String(text).includes('wrong'))).toBe(true);
    },
  );

  it('is not said of a replica that lags without being paused', () => {
    expect(codesOf(steady(with2({ lsn: HEAD - 21 * MIB, received: HEAD })))).not.toContain('replay_paused');
  });
});

describe('lag_high', () => {
  it('is a warning past the limit in two rounds, and not at it', () => {
    expect(find(steady(with2({ lsn: HEAD - MIB - 1 })), 'lag_high')).toMatchObject({
      severity: 'warning',
      members: ['n2'],
    });
    expect(codesOf(steady(with2({ lsn: HEAD - MIB })))).toEqual([]);
    expect(codesOf(play([{ members: [n1, n2, n3] }, with2({ lsn: HEAD - 5 * MIB })]).snapshot)).not.toContain(
      'lag_high',
    );
  });

  it.each([
    ['growing', 5, 6],
    ['shrinking', 6, 5],
    ['unchanged', 5, 5],
  ])('says whether it is %s', (word, before, now) => {
    const at = (mib: number) => with2({ lsn: HEAD - mib * MIB });
    const { snapshot } = play([at(before), at(before), at(now)]);
    expect(find(snapshot, 'lag_high')?.evidence.map(({ text }) => String(text))).toContain(`${now} MiB, ${word}`);
  });

  it('takes the limit of the configuration', () => {
    const config = { maximum_lag_on_failover: 10 * MIB };
    expect(codesOf(steady(with2({ lsn: HEAD - 5 * MIB }, { config })))).toEqual([]);
  });

  it('never mixes the positions of the DCS with live ones', () => {
    const old = { status: { optime: HEAD + 100 * MIB } };
    expect(codesOf(steady(with2({}, old)))).not.toContain('lag_high');
  });
});

describe('lag_unknown', () => {
  const bare = {
    rest: { body: { state: 'running', role: 'replica', server_version: 150018, replication_state: 'streaming' } },
    sql: 'off',
  } as const;

  it('is unknown, worse than a warning, for a standby that says no position', () => {
    const snapshot = steady(with2(bare));
    expect(find(snapshot, 'lag_unknown')).toMatchObject({ severity: 'unknown', members: ['n2'] });
    expect(snapshot.health).toBe('unknown');
  });

  it('is not said when it is the leader that does not answer', () => {
    expect(codesOf(steady({ members: [{ ...n1, rest: 'timeout', sql: 'timeout' }, n2] }))).not.toContain('lag_unknown');
  });
});

describe('sync_standby_missing', () => {
  const config = { synchronous_mode: true };
  const sync = { leader: 'n1', sync_standby: 'n2' };
  const nobody = { leader: 'n1', sync_standby: null };

  it('is critical in strict mode where nobody streams, a warning where somebody does or without strict', () => {
    const members = [n1, n2, n3];
    const strict = { ...config, synchronous_mode_strict: true };
    const gone = { rest: 'refused', sql: 'refused', upstream: null } as const;
    const alone = [n1, { ...n2, ...gone }, { ...n3, ...gone }];
    const severity = (spec: Parameters<typeof steady>[0]) => find(steady(spec), 'sync_standby_missing')?.severity;
    expect(severity({ members: alone, config: strict, sync: nobody })).toBe('critical');
    expect(severity({ members, config: strict, sync: nobody })).toBe('warning');
    expect(severity({ members, config, sync: nobody })).toBe('warning');
  });

  it('is critical while the standby that commits wait for is gone', () => {
    expect(
      find(
        steady(with2({ rest: 'refused', sql: 'refused', upstream: null }, { config, sync })),
        'sync_standby_missing',
      ),
    ).toMatchObject({
      severity: 'critical',
      members: ['n2'],
    });
  });

  it('is critical when one of two needed is gone: without quorum a commit waits for all of them', () => {
    const both = { leader: 'n1', sync_standby: 'n2,n3' };
    const spec = with2(
      { ...apart, rest: 'refused', sql: 'refused' },
      { config: { ...config, synchronous_node_count: 2 }, sync: both },
    );
    expect(find(steady(spec), 'sync_standby_missing')?.members).toEqual(['n2']);
  });

  it('is not said in quorum mode while as many stream as a commit needs', () => {
    const quorum = { config: { synchronous_mode: 'quorum' }, sync: { leader: 'n1', sync_standby: 'n2,n3', quorum: 1 } };
    const gone = { upstream: null, rest: 'refused', sql: 'refused' } as const;
    expect(codesOf(steady(with2(gone, quorum)))).not.toContain('sync_standby_missing');
    const none: ClusterSpec = { ...quorum, members: [n1, { ...n2, ...gone }, { ...n3, ...gone }] };
    expect(codesOf(steady(none))).toContain('sync_standby_missing');
  });

  it('is not said with the mode off, whatever an old /sync says', () => {
    expect(codesOf(steady({ members: [n1, n2, n3], sync: nobody }))).toEqual([]);
  });

  it('finds the standby whatever the case of its name in /sync', () => {
    const snapshot = steady(with2({}, { config, sync: { leader: 'N1', sync_standby: 'N2' } }));
    expect(codesOf(snapshot)).toEqual([]);
    expect(memberOf(snapshot, 'n2').clusterRole).toBe('sync_standby');
  });
});

describe('slot_retains_wal', () => {
  const slot = (name: string, more = {}) => ({
    slots: [
      { slot_name: name, slot_type: 'physical', active: false, restart_lsn: '0/1000', wal_status: 'reserved', ...more },
    ],
  });
  const big = 3 * 1024 * MIB;
  const leads = (slow: ReturnType<typeof slot>): ClusterSpec => ({
    members: [
      { ...n1, lsn: big, slow },
      { ...n2, lsn: big },
      { ...n3, lsn: big },
    ],
  });

  it('is a warning for a slot that nobody reads, on the leader', () => {
    expect(find(steady(leads(slot('backup'))), 'slot_retains_wal')).toMatchObject({
      severity: 'warning',
      members: ['n1'],
    });
    expect(find(steady(leads(slot('n3'))), 'slot_retains_wal')?.title).toContain('n3');
  });

  it.each(['lost', 'unreserved', 'extended'])(
    'is a warning for a slot whose WAL is %s, whatever its size',
    (wal_status) => {
      const small = slot('backup', { wal_status, restart_lsn: '0/3FFF000' });
      expect(find(steady({ members: [{ ...n1, slow: small }, n2] }), 'slot_retains_wal')?.severity).toBe('warning');
    },
  );

  it('is not said of the inactive slots of members that Patroni keeps on every standby', () => {
    const at = (lsn: number, ...slots: readonly (ReturnType<typeof slot> | undefined)[]) =>
      steady({
        members: [n1, n2, n3].map((member, i): MemberSpec => ({ ...member, lsn, ...(slots[i] && { slow: slots[i] }) })),
      });
    expect(codesOf(at(big / 3, undefined, slot('n3')))).toEqual([]);
    // It does not move there, and its Patroni should see to that.
    const stuck = find(at(big, undefined, slot('n3')), 'slot_retains_wal');
    expect([stuck?.members, stuck?.advice]).toEqual([['n2'], expect.stringContaining('move it on')]);
    // n3 reads it nowhere: that is said once, of the leader.
    const everywhere = at(big, slot('n3'), slot('n3'), slot('n3'));
    expect(everywhere.findings.filter(({ code }) => code === 'slot_retains_wal').map(({ members }) => members)).toEqual(
      [['n1']],
    );
  });

  it('is not said of an active slot, nor of one that keeps little', () => {
    expect(codesOf(steady(leads(slot('backup', { active: true }))))).toEqual([]);
    expect(codesOf(steady(leads(slot('backup', { restart_lsn: '0/BFFF0000' }))))).toEqual([]);
  });

  it('knows a slot by the name Patroni makes of the member', () => {
    const members: MemberSpec[] = [
      { ...n1, lsn: big, slow: slot('db_node_7') },
      { name: 'DB-Node.7', lsn: big },
    ];
    expect(memberOf(steady({ members }), 'n1').slots?.[0]?.member).toBe('DB-Node.7');
  });
});

describe('archiving_failing', () => {
  const archiver = (failed: number | null, archived: number | null, mode = 'on') => ({
    archiver: { mode, archived_count: 5, last_archived_ms: archived, failed_count: 2, last_failed_ms: failed },
  });

  it('is a warning when the last attempt failed', () => {
    expect(codesOf(steady({ members: [{ ...n1, slow: archiver(NOW, NOW - 1000) }, n2] }))).toEqual([
      'archiving_failing',
    ]);
    expect(codesOf(steady({ members: [{ ...n1, slow: archiver(NOW, null) }, n2] }))).toEqual(['archiving_failing']);
  });

  it('is not said when it succeeded since, nor with archiving off', () => {
    expect(codesOf(steady({ members: [{ ...n1, slow: archiver(NOW - 1000, NOW) }, n2] }))).toEqual([]);
    expect(codesOf(steady({ members: [{ ...n1, slow: archiver(NOW, null, 'off') }, n2] }))).toEqual([]);
  });
});

describe('standbys that are no members', () => {
  it('are said in a note, and raise no alarm', () => {
    const extra = ['pg_receivewal', 'dr-site'].map((application_name) => ({
      application_name,
      state: 'streaming',
      client_addr: '10.7.7.7',
    }));
    const backup = { application_name: 'n2', state: 'backup', client_addr: '10.7.7.7' };
    const own = { application_name: 'n2', state: 'streaming', sent_lsn: '0/4000000', replay_lsn: '0/4000000' };
    const snapshot = steady({ members: [{ ...n1, fast: { replication: [...extra, backup, own] } }, n2] });
    expect(codesOf(snapshot)).toEqual(['external_standby']);
    expect(snapshot.findings[0]).toMatchObject({ severity: 'note', members: ['n1'] });
    expect(memberOf(snapshot, 'n1').externalStandbys.map((standby) => standby.applicationName)).toEqual([
      'pg_receivewal',
      'dr-site',
    ]);
  });

  it('are not taken for replication: a base backup of a member streams nothing to it', () => {
    const backup = { application_name: 'n2', state: 'backup' };
    const members: MemberSpec[] = [
      { ...n1, fast: { replication: [backup] } },
      { ...n2, ...apart },
    ];
    expect(codesOf(steady({ members }, 8))).toContain('replica_not_streaming');
  });
});
