// Exact rules of the parsers, per version where versions differ.
import { describe, expect, it } from 'vitest';
import type { RawDcsKey } from '../raw';
import { parseConnUrl, parseDcsView, parseFailoverKey, parseSyncKey, synchronousMode } from './dcs';
import { field, instant, notNegative, number, parseJson, patroniBoolean, scalars } from './loose';
import { baseUrl, identifier, lastNewLeader, parseClusterDocument, parseHistory, parsePatroniStatus } from './patroni';
import { applicationNameMatches, parsePostgresStatus, serverVersion, slotNameOf } from './postgres';

const http = (body: unknown, status = 200) => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  date: null,
});
const key = (name: string, value: string): RawDcsKey => ({
  key: name,
  value,
  version: '1',
  owner: null,
});

describe('GET /patroni', () => {
  it('reads master as primary and keeps every other role', () => {
    expect(parsePatroniStatus(http({ state: 'running', role: 'master' }))?.role).toBe('primary');
    expect(parsePatroniStatus(http({ state: 'running', role: 'demoted' }))?.role).toBe('demoted');
  });

  it('is the same document behind a 503', () => {
    expect(parsePatroniStatus(http({ state: 'running', role: 'replica' }, 503))?.state).toBe('running');
  });

  it('takes flags only when they are true: false, text and 1 set nothing', () => {
    for (const value of [false, 'true', 1, null, {}]) {
      const status = parsePatroniStatus(
        http({
          state: 'running',
          role: 'replica',
          pause: value,
          pending_restart: value,
          cluster_unlocked: value,
          failsafe_mode_is_active: value,
          watchdog_failed: value,
        }),
      );
      expect(status).toMatchObject({
        pause: false,
        pendingRestart: false,
        clusterUnlocked: false,
        failsafeActive: false,
        watchdogFailed: false,
      });
    }
  });

  it('reads its instants with a space, a T, an offset without minutes; without an offset it is none', () => {
    const at = Date.UTC(2026, 10, 20, 23, 54, 32, 387);
    for (const text of ['2026-11-20 23:54:32.387067+00:00', '2026-11-20T23:54:32.387Z', '2026-11-21 00:54:32.387+01'])
      expect(instant(text)).toBe(at);
    for (const text of ['2026-11-20 23:54:32', '', 'soon', 5, null, '2026-13-40 00:00:00Z'])
      expect(instant(text)).toBeNull();
  });
});

describe('GET /cluster', () => {
  it('reads a lag of "unknown", an absent and a negative one as unknown, and 0 as 0', () => {
    const members = ['unknown', undefined, -1, 0, 5].map((lag, index) => ({ name: `n${index}`, lag }));
    expect(parseClusterDocument(http({ members }))?.members.map((row) => row.lagBytes)).toEqual([
      null,
      null,
      null,
      0,
      5,
    ]);
  });

  it('keeps the good members beside a broken one, and is no document without a list', () => {
    const document = parseClusterDocument(
      http({ members: [null, 5, { role: 'leader' }, { name: 'n2', port: 'x', host: 7 }] }),
    );
    expect(document?.members).toMatchObject([{ name: 'n2', port: null, host: null }]);
    for (const body of ['{}', '[]', '{"members":{}}', '', '<html>'])
      expect(parseClusterDocument(http(body))).toBeNull();
  });
});

describe('history', () => {
  it('takes rows of three to five cells, drops what is no row, and knows who began a timeline', () => {
    const rows = [
      [1, 1000, 'no recovery target specified'],
      'x',
      [2, 2000, 'r', '2026-11-20T00:00:00+00:00', 'n2'],
      [3, 3000, 'r', '2026-11-21T00:00:00+00:00', 'n3'],
    ];
    const history = parseHistory(JSON.stringify(rows));
    expect(history.map(({ timeline, endLsn, leader }) => [timeline, endLsn, leader])).toEqual([
      [1, 1000, null],
      [2, 2000, null],
      [3, 3000, 'n2'],
    ]);
    expect(lastNewLeader(JSON.stringify(rows))).toBe('n3');
    for (const text of ['', '{}', 'null', '[[]]', '[[0,1]]', '[["x"]]']) expect(parseHistory(text)).toEqual([]);
  });
});

describe('the keys of the DCS', () => {
  it('of a failover: an emptied key, one that names nobody and a broken one are no request', () => {
    for (const text of ['', '{}', '{"scheduled_at":"2026-11-21T00:00:00Z"}', '{"leader":""}'])
      expect(parseFailoverKey(text)).toBeNull();
    expect(parseFailoverKey('n1:n2')).toEqual({ leader: 'n1', member: 'n2', scheduledAt: null });
    expect(parseFailoverKey('{"member":"n2"}')).toEqual({ leader: null, member: 'n2', scheduledAt: null });
  });

  it('of sync: without a leader it is not in force; the standbys come as text or null', () => {
    expect(parseSyncKey('{"leader":null,"sync_standby":null}')).toBeNull();
    expect(parseSyncKey('{"leader":"n1","sync_standby":null}')).toEqual({ leader: 'n1', standbys: [], quorum: null });
    expect(parseSyncKey('{"leader":"n1","sync_standby":"n2, n3,","quorum":1}')).toEqual({
      leader: 'n1',
      standbys: ['n2', 'n3'],
      quorum: 1,
    });
  });

  it('of a member survive broken JSON as a member that says nothing', () => {
    const view = parseDcsView([
      key('members/n1', '{"state":'),
      key('members/', '{}'),
      key('members/n2', 'postgres://h:1/d'),
    ]);
    expect(view.members.map((member) => [member.name, member.state, member.apiUrl])).toEqual([
      ['n1', null, null],
      ['n2', null, null],
    ]);
  });

  it('status comes from /status, before 2.1 from /optime/leader', () => {
    expect(parseDcsView([key('status', '{"optime":7,"slots":{"n2":5,"x":-1,"__proto__":9}}')])).toMatchObject({
      statusLsn: 7,
      statusSlots: { n2: 5 },
    });
    expect(parseDcsView([key('optime/leader', '7')]).statusLsn).toBe(7);
  });

  it('names an address by host and port, IPv6 in brackets, credentials left out', () => {
    expect(parseConnUrl('postgres://u:p@[fd00::1]:5433/postgres')).toEqual({ host: 'fd00::1', port: 5433 });
    expect(parseConnUrl('postgres://db1/postgres')).toEqual({ host: 'db1', port: 5432 });
    for (const url of [null, '', 'http://x:1', 'postgres://x:99999/d']) expect(parseConnUrl(url)).toBeNull();
    expect(baseUrl('https://u:p@db1:8008/patroni')).toBe('https://db1:8008');
    for (const url of ['file:///etc/passwd', 'javascript:1', 'gopher://x', '', 5, '//x'])
      expect(baseUrl(url)).toBeNull();
  });

  it.each([
    ['on', 'on'],
    [true, 'on'],
    ['quorum', 'quorum'],
    ['Quorum', 'quorum'],
    ['quorum ', 'off'],
    [false, 'off'],
    ['banana', 'off'],
    [null, 'off'],
  ])('synchronous_mode %j is %s', (value, mode) => {
    expect(synchronousMode({ synchronous_mode: value })).toBe(mode);
  });
});

describe('SQL rows', () => {
  it('need to say whether the node is in recovery: without that they are no answer', () => {
    for (const fast of [null, 5, 'x', [], {}, { in_recovery: 'false' }, { in_recovery: null }, { in_recovery: 0 }])
      expect(parsePostgresStatus({ fast, slow: null, slowAt: null })).toBeNull();
  });

  it('with a walsender whose state is null mean a missing grant, not lag 0', () => {
    const fast = { in_recovery: false, monitor: true, replication: [{ application_name: 'n2', state: null }] };
    expect(parsePostgresStatus({ fast, slow: null, slowAt: null })?.grantMissing).toBe(true);
  });

  it('that were not asked for slots, archiver and settings leave them unknown, not empty', () => {
    const fast = { in_recovery: false };
    expect(parsePostgresStatus({ fast, slow: null, slowAt: null })).toMatchObject({
      slots: null,
      archiver: null,
      pendingSettings: null,
    });
  });

  it('name versions as PostgreSQL does', () => {
    expect([150018, 130000, 170011, 90624, null].map(serverVersion)).toEqual(['15.18', '13.0', '17.11', null, null]);
  });
});

describe('names that PostgreSQL cuts', () => {
  it('match by their first 63 bytes, never inside a character, and only when they are longer', () => {
    const long = 'x'.repeat(70);
    expect(applicationNameMatches(long.slice(0, 63), long)).toBe(true);
    expect(applicationNameMatches(long.slice(0, 62), long)).toBe(false);
    expect(applicationNameMatches('x'.repeat(62), `${'x'.repeat(62)}é`)).toBe(true);
    expect(applicationNameMatches('n', 'n1')).toBe(false);
  });

  it('of slots are made as Patroni makes them', () => {
    expect(['DB-Node.7', 'pg 1', 'x'.repeat(70)].map(slotNameOf)).toEqual(['db_node_7', 'pgu00321', 'x'.repeat(63)]);
  });
});

describe('loose readers', () => {
  it('take own properties only', () => {
    for (const name of ['constructor', '__proto__', 'toString']) expect(field({}, name)).toBeUndefined();
    expect(field(parseJson('{"__proto__":1}'), '__proto__')).toBe(1);
  });

  it('read numbers from decimal text and from nothing else', () => {
    expect([number('12'), number('-1.5'), number(' 7 ')]).toEqual([12, -1.5, 7]);
    for (const value of [
      'NaN',
      '1e5',
      '0x10',
      '',
      'Infinity',
      Number.NaN,
      Number.POSITIVE_INFINITY,
      [],
      {},
      true,
      null,
    ])
      expect(number(value)).toBeNull();
    expect([notNegative(-1), notNegative('-0.1'), notNegative(0)]).toEqual([null, null, 0]);
  });

  it('keep 64-bit identifiers exact, or not at all', () => {
    expect(identifier('7710406339524702777')).toBe('7710406339524702777');
    for (const value of [7710406339524703000, -1, 1.5, '12a', '', null]) expect(identifier(value)).toBeNull();
  });

  it('read booleans as Patroni does', () => {
    expect(['on', 'TRUE', 'Yes', 1, '1', true].map(patroniBoolean)).toEqual(Array(6).fill(true));
    expect(['off', 'false', 'NO', 0, false].map(patroniBoolean)).toEqual(Array(5).fill(false));
    for (const value of [null, undefined, '', 'maybe', 2, {}, []]) expect(patroniBoolean(value)).toBeNull();
  });

  it('drop from tags null and what is no JSON number, and keep what is nested as Patroni sees it: true unless empty', () => {
    expect(scalars(parseJson('{"a":1,"b":"x","c":true,"d":{},"e":[0],"f":null,"g":1e400,"__proto__":1}'))).toEqual({
      a: 1,
      b: 'x',
      c: true,
      d: '',
      e: '[0]',
    });
  });

  it('refuse documents nested past any sense, and are not fooled by brackets in text', () => {
    expect(parseJson('['.repeat(101) + ']'.repeat(101))).toBeNull();
    expect(parseJson(`[${'"]",['.repeat(150)}${']'.repeat(151)}`)).toBeNull();
    expect(parseJson(JSON.stringify({ reason: '[{"\\'.repeat(500) }))).toEqual({ reason: '[{"\\'.repeat(500) });
    expect(parseJson('['.repeat(100) + ']'.repeat(100))).not.toBeNull();
    // Few bytes, and a hundred of memory for each.
    expect(parseJson(`[${'{},'.repeat(500_000)}0]`)).toBeNull();
    expect(parseJson(`[${`${'['.repeat(90)}${']'.repeat(90)},`.repeat(10_000)}0]`)).toBeNull();
    expect(parseJson(JSON.stringify(','.repeat(600_000)))).not.toBeNull();
    expect(parseJson(`[${'1,'.repeat(400_000)}1]`)).toHaveLength(400_001);
  });
});
