// Foreign text through the whole pipeline: whatever a member, the DCS or PostgreSQL says, a snapshot comes out, it is plain
// JSON without sentinels, the garbage is not drawn as good, and the other members are as they would be without it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from './cluster';
import { type FleetRow, fleetRow, glyphOf } from './fleet';
import type { HttpAnswer, RawObservation, SqlAnswer, Witness } from './raw';
import { buildSnapshot } from './snapshot';
import { cluster, GENERATIONS, memberOf, NOW } from './testkit';

const GOOD: readonly string[] = ['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica'];

const three = (version: (typeof GENERATIONS)[number], now: number): RawObservation =>
  cluster({ version, now, members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] });

/** Values that parsers stumble over. */
const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    -0,
    1e308,
    1e-320,
    2 ** 60,
    -(2 ** 60),
    '',
    ' ',
    'NaN',
    'Infinity',
    '-1',
    '1e400',
    '0/0',
    '-1/-1',
    'FFFFFFFF/FFFFFFFF',
    'unknown',
    '\u0000',
    '\ud800',
    '__proto__',
    [],
    {},
    [[]],
    [null],
    { __proto__: null },
    'x'.repeat(5000),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const hostileKey = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length');

/** A valid document with some of its values, at any depth, replaced, removed or joined by hostile ones. */
function mutated(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(document);
  return fc
    .array(fc.tuple(fc.constantFrom(...paths), fc.constantFrom('set', 'delete', 'add'), nasty, hostileKey), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) => edits.reduce<unknown>((value, edit) => change(value, ...edit), document));
}

function pathsOf(value: unknown, base: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [base];
  return [base, ...Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...base, key]))];
}

function change(value: unknown, path: readonly string[], kind: string, into: unknown, extra: string): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    if (kind !== 'add' || typeof value !== 'object' || value === null || Array.isArray(value)) return into;
    return { ...value, ...(JSON.parse(`{${JSON.stringify(extra)}:${JSON.stringify(into) ?? 'null'}}`) as object) };
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, head)) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const target = copy as Record<string, unknown>;
  if (rest.length === 0 && kind === 'delete') delete target[head];
  else target[head] = change(target[head], rest, kind, into, extra);
  return copy;
}

/** Text that is no status document of Patroni at all. */
const noDocument = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'null',
    '[]',
    '{}',
    '"running"',
    '0',
    '-1',
    '[{"state":"running"}]',
    '{"state":',
    '{"state":"running"',
    '<!DOCTYPE HTML><html><body><h1>Error response</h1></body></html>',
    'HTTP/1.0 200 OK',
    '\ufeff{"state":"running"}',
    '{"__proto__":{"state":"running","role":"master"}}',
    '{"constructor":{"state":"running","role":"replica"}}',
    '{"state":"","role":""}',
    '{"state":1,"role":["master"]}',
    `${'['.repeat(100_000)}`,
    `${'{"a":'.repeat(50_000)}`,
  ),
  fc.string({ maxLength: 200 }).filter((text) => !text.includes('"state"') && !text.includes('"role"')),
  fc.json({ maxDepth: 3 }).filter((text) => !/"(state|role)"/.test(text)),
);

/** Parts of `body` cut anywhere before its end. */
const truncated = (body: string): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: body.length - 1 }).map((end) => body.slice(0, end));

const answer = (body: string, status = 200, date: number | null = null): Witness<HttpAnswer> => {
  const value = { status, body, date };
  return { last: { ok: true, value, at: NOW + 1000, tookMs: 1 }, good: { value, at: NOW + 1000, tookMs: 1 } };
};
const rows = (value: SqlAnswer): Witness<SqlAnswer> => ({
  last: { ok: true, value, at: NOW + 1000, tookMs: 1 },
  good: { value, at: NOW + 1000, tookMs: 1 },
});

type Witnesses = Pick<RawObservation['members'][number], 'patroni' | 'sql'>;

const honestly = Object.fromEntries(
  GENERATIONS.map((version) => {
    const first = buildSnapshot(three(version, NOW), null, 1).snapshot;
    const raw = three(version, NOW + 1000);
    return [version, { first, raw, honest: buildSnapshot(raw, first, 1).snapshot }];
  }),
) as Record<(typeof GENERATIONS)[number], { first: Snapshot; raw: RawObservation; honest: Snapshot }>;

/** One honest round, then one in which a member says something else; `sql` null: no SQL role. */
function withMember(version: (typeof GENERATIONS)[number], name: string, says: Partial<Witnesses>) {
  const { first, raw, honest } = honestly[version];
  const other = { ...raw, members: raw.members.map((m) => (m.name === name ? { ...m, ...says } : m)) };
  return { snapshot: buildSnapshot(other, first, 1).snapshot, honest };
}

/** Plain JSON, no sentinel, nothing that JSON would turn into something else. What is handed on as stored is not judged. */
function expectSound(snapshot: Snapshot): FleetRow {
  const row = fleetRow(snapshot, []);
  for (const whole of [snapshot, row])
    expect(JSON.stringify(JSON.parse(JSON.stringify(whole)))).toBe(JSON.stringify(whole));
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number' && (!Number.isFinite(value) || value === -1)) throw new Error(`${path} is ${value}`);
    if (value === undefined) throw new Error(`${path} is undefined, which JSON drops`);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      if (path.endsWith('config') && key === 'value') continue;
      if (key !== 'tags' && key !== 'conditions') walk(entry, `${path}.${key}`);
    }
  };
  walk(snapshot, 'snapshot');
  return row;
}

function expectOthersUntouched(snapshot: Snapshot, honest: Snapshot, name: string): void {
  expect(snapshot.cluster.members.map((member) => member.name)).toEqual(['n1', 'n2', 'n3']);
  for (const other of honest.cluster.members.filter((member) => member.name !== name)) {
    const is = memberOf(snapshot, other.name);
    for (const field of ['state', 'postgresRole', 'lsn', 'replayedLsn', 'silent', 'clusterRole', 'timeline'] as const)
      expect(is[field]).toEqual(other[field]);
  }
}

const generation = fc.constantFrom(...GENERATIONS);
const anybody = fc.constantFrom('n1', 'n2', 'n3');
const patroniBodies = Object.fromEntries(
  GENERATIONS.flatMap((version) =>
    three(version, NOW + 1000).members.map((member) => [
      `${version} ${member.name}`,
      member.patroni.good?.value.body ?? '',
    ]),
  ),
);
const bodyOf = (version: string, name: string): string => patroniBodies[`${version} ${name}`] ?? '';
const sqlOf = (version: (typeof GENERATIONS)[number], name: string): SqlAnswer => {
  const good = three(version, NOW + 1000).members.find((member) => member.name === name)?.sql?.good;
  if (!good) throw new Error('the testkit gives SQL answers');
  return good.value;
};

describe('a member whose answer is no answer of Patroni', () => {
  it('is never drawn as good, hides nobody, and leaves no sentinel in the snapshot', () => {
    const garbage = fc
      .tuple(generation, anybody)
      .chain(([version, name]) =>
        fc.tuple(fc.constant(version), fc.constant(name), fc.oneof(noDocument, truncated(bodyOf(version, name)))),
      );
    fc.assert(
      fc.property(garbage, fc.integer({ min: 100, max: 999 }), ([version, name, body], status) => {
        const { snapshot, honest } = withMember(version, name, { patroni: answer(body, status), sql: null });
        expectSound(snapshot);
        expectOthersUntouched(snapshot, honest, name);
        const member = memberOf(snapshot, name);
        expect(GOOD).not.toContain(glyphOf(member, snapshot.cluster));
        expect(member).toMatchObject({ silent: true, observedAt: null, postgresRole: 'unknown' });
        expect(member.witnesses.patroni).toMatchObject({ state: 'failed' });
        expect(['malformed', 'http', 'auth', 'denied']).toContain(member.witnesses.patroni.errorKind);
        expect(snapshot.health).not.toBe('ok');
        expect(snapshot.findings.some((finding) => finding.members.includes(name))).toBe(true);
        expect(snapshot.cluster.writable === true && name === 'n1').toBe(false);
        expect(
          snapshot.readiness.candidates.find((candidate) => candidate.member === name)?.eligible ?? false,
        ).not.toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a member whose answer is a status with hostile values in it', () => {
  it('never throws, stays plain JSON without sentinels, and hides nobody', () => {
    const hostile = fc
      .tuple(generation, anybody)
      .chain(([version, name]) =>
        fc.tuple(fc.constant(version), fc.constant(name), mutated(JSON.parse(bodyOf(version, name)))),
      );
    fc.assert(
      fc.property(hostile, fc.boolean(), fc.option(fc.integer()), ([version, name, body], withSql, date) => {
        const text = JSON.stringify(body) ?? '';
        const { snapshot, honest } = withMember(version, name, {
          patroni: answer(text, 200, date),
          ...(withSql ? {} : { sql: null }),
        });
        expectSound(snapshot);
        if (name !== 'n1') expectOthersUntouched(snapshot, honest, name);
        const member = memberOf(snapshot, name);
        if (member.silent) expect(GOOD).not.toContain(glyphOf(member, snapshot.cluster));
        if (member.postgresRole === 'unknown') expect(GOOD).not.toContain(glyphOf(member, snapshot.cluster));
        if (member.silent) expect(snapshot.health).not.toBe('ok');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a member whose SQL answer is not rows', () => {
  it('never throws and is not believed: without Patroni it is silent', () => {
    const hostile = fc.tuple(generation, anybody).chain(([version, name]) => {
      const honest = sqlOf(version, name);
      return fc.tuple(
        fc.constant(version),
        fc.constant(name),
        fc.oneof(mutated(honest), fc.record({ fast: nasty, slow: nasty, slowAt: fc.constant(null) })),
      );
    });
    fc.assert(
      fc.property(hostile, fc.boolean(), ([version, name, value], alone) => {
        const isRows = typeof value === 'object' && value !== null && 'fast' in value;
        const sql = isRows ? (value as SqlAnswer) : { fast: value, slow: value, slowAt: null };
        const { snapshot, honest } = withMember(version, name, {
          sql: rows(sql),
          ...(alone
            ? {
                patroni: {
                  last: { ok: false, error: { kind: 'refused', message: 'r' }, at: NOW, tookMs: 1 },
                  good: null,
                },
              }
            : {}),
        });
        expectSound(snapshot);
        if (name !== 'n1') expectOthersUntouched(snapshot, honest, name);
        const member = memberOf(snapshot, name);
        const said = typeof sql.fast === 'object' && sql.fast !== null && 'in_recovery' in sql.fast;
        if (alone && !(said && typeof (sql.fast as { in_recovery: unknown }).in_recovery === 'boolean')) {
          expect(member.silent).toBe(true);
          expect(GOOD).not.toContain(glyphOf(member, snapshot.cluster));
        }
        if (alone) expect(snapshot.health).not.toBe('ok');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('keys of the DCS that nobody of good will wrote', () => {
  it('never throw and never sink the members that answer', () => {
    const names = [
      'config',
      'leader',
      'sync',
      'failover',
      'history',
      'status',
      'initialize',
      'failsafe',
      'members/n2',
      'members/',
    ];
    const value = fc.oneof(
      noDocument,
      nasty.map((entry) => JSON.stringify(entry) ?? ''),
      mutated({ leader: 'n1', sync_standby: 'n2,n3', quorum: 1 }).map((entry) => JSON.stringify(entry) ?? ''),
      mutated({ leader: 'n1', member: 'n2', scheduled_at: '2026-11-21T03:00:00+00:00' }).map(
        (entry) => JSON.stringify(entry) ?? '',
      ),
      mutated([[1, 1000, 'no recovery target specified', '2026-11-20T00:00:00+00:00', 'n1']]).map(
        (entry) => JSON.stringify(entry) ?? '',
      ),
      mutated({
        ttl: 30,
        loop_wait: 10,
        synchronous_mode: true,
        standby_cluster: { host: 'h', port: 1 },
        postgresql: { parameters: { a: 1 } },
      }).map((entry) => JSON.stringify(entry) ?? ''),
    );
    fc.assert(
      fc.property(generation, fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1 }), (version, keys) => {
        const spec = { version, members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
        const first = buildSnapshot(cluster(spec), null, 1).snapshot;
        const { snapshot } = buildSnapshot(cluster({ ...spec, keys, now: NOW + 1000 }), first, 1);
        expectSound(snapshot);
        expect(snapshot.cluster.members.map((member) => [member.name, member.silent, member.postgresRole])).toEqual([
          ['n1', false, 'primary'],
          ['n2', false, 'replica'],
          ['n3', false, 'replica'],
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it('are believed about the leader only when they name it: an empty leader key is nobody', () => {
    const raw = cluster({ members: [{ name: 'n1' }, { name: 'n2' }], keys: { leader: '' } });
    const { snapshot } = buildSnapshot(raw, null, 1);
    expect(snapshot.cluster.leader).toBeNull();
    expect(snapshot.health).not.toBe('ok');
  });
});

describe('JSON nested a hundred thousand deep', () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const members = [{ name: 'n1' }, { name: 'n2' }];

  it('in the configuration does not overflow the stack of whoever compares or encodes the snapshot', () => {
    const first = buildSnapshot(cluster({ members }), null, 1).snapshot;
    const raw = cluster({ members, keys: { config: deep }, now: NOW + 1000 });
    const keys = raw.dcs?.keys?.map((key) => (key.key === 'config' ? { ...key, version: '51' } : key)) ?? [];
    const { snapshot } = buildSnapshot({ ...raw, dcs: raw.dcs && { ...raw.dcs, keys } }, first, 1);
    expect(() => JSON.stringify(snapshot)).not.toThrow();
  });

  it('in a scheduled restart does not overflow it either', () => {
    const body = `{"state":"running","role":"replica","scheduled_restart":{"schedule":"2026-11-21T00:00:00Z","x":${deep}}}`;
    const raw = cluster({ members: [{ name: 'n1' }, { name: 'n2', rest: { body } }] });
    expect(() => JSON.stringify(buildSnapshot(raw, null, 1).snapshot)).not.toThrow();
  });
});
