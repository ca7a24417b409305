// The same guarantees on both stores: SQLite always, PostgreSQL where HOWDAH_TEST_DATABASE_URL names an empty database.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import { type MeasuredOutage, OUTAGES_MAX } from '../../domain/outage-sample';
import type { JsonObject } from '../../domain/wire/loose';
import { say } from '../../language/sentence';
import { OutagesTold } from '../actions/outages-told';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { AuditIndex, recordOf, requestDigest, storable } from './audit-index';
import { compareWithStore } from './compare';
import { type Journal, openJournal } from './journal';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const folders: string[] = [];

function folder(): string {
  const made = testFolder('index');
  folders.push(made);
  return made;
}

let clock = Date.UTC(2026, 10, 21);

function record(changes: Partial<ActionRecord> = {}): ActionRecord {
  const id = randomUUID();
  const before = {
    at: 1,
    leader: 'n1',
    timeline: 1,
    paused: false,
    configRevision: null,
    scheduledAt: null,
    members: [],
    config: null,
  };
  return {
    id,
    scope: `s-${id}`,
    request: { kind: 'switchover', candidate: 'n2', scheduledAt: null },
    actor: 'anna',
    reason: 'a reason',
    idempotencyKey: `key-${id}`,
    requestedAt: clock++,
    phase: 'open',
    bound: {
      scope: 'main',
      source: 'lab',
      systemIdentifier: '1',
      leader: 'n1',
      timeline: 1,
      failoverRevision: '0',
      syncRevision: '0',
      configRevision: '1',
      configDigest: null,
      members: ['n1', 'n2'],
    },
    way: 'dcs',
    wake: null,
    revision: null,
    sentAt: null,
    steps: [],
    seen: [],
    progress: null,
    outage: null,
    expectedOutage: null,
    before,
    after: null,
    outcome: null,
    outcomeText: null,
    differs: [],
    checks: [],
    closedAt: null,
    recovered: false,
    ...changes,
  };
}

function closed(open: ActionRecord, ms: number | null = 1234.5): ActionRecord {
  const outage = { ms: ms ?? 0, by: 'probe', precisionMs: 50, lastWritableAt: 1, writableAgainAt: 2 } as const;
  return {
    ...open,
    phase: 'closed',
    outcome: 'done',
    outcomeText: 'done',
    closedAt: 5,
    outage: ms === null ? null : outage,
  };
}

describe.each<[string, string | null]>([
  ['SQLite', null],
  ...(POSTGRES === null ? [] : [['PostgreSQL', POSTGRES] satisfies [string, string]]),
])('the audit index on %s', (_kind, url) => {
  let store: Store;
  let journal: Journal;
  let index: AuditIndex;
  let where: string;

  beforeAll(async () => {
    where = folder();
    store = testStore(where, url);
    journal = await openJournal(where, { now: Date.now });
    // Written before the store is there: it comes later by itself.
    const early = record();
    await journal.append('intent', early.id, early.scope, { record: early });
    await journal.append('outcome', early.id, early.scope, { record: closed(early) });
    index = new AuditIndex(store, journal);
    expect(index.behind()).toBe(2);
    await untilReady(store);
    await vi.waitFor(() => expect(index.behind()).toBe(0), { timeout: 10_000 });
    expect(await index.byId(early.id)).toEqual(closed(early));
  }, 180_000);

  afterAll(async () => {
    index.close();
    await journal.close();
    await store.close();
    for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
  });

  it('gives a scope to one action at a time, also when many ask at once', async () => {
    const scope = randomUUID();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, at) => index.claim(scope, `a${at}`, `h${at}`, 5000)),
    );
    expect(claims.filter(({ ok }) => ok)).toHaveLength(1);
    const winner = claims.findIndex(({ ok }) => ok);
    expect(claims.find(({ ok }) => !ok)).toEqual({
      ok: false,
      runningId: `a${winner}`,
      holder: `h${winner}`,
      expired: false,
    });
    expect(await index.claim(scope, `a${winner}`, `h${winner}`, 5000)).toEqual({ ok: true });
    expect(await index.renew(scope, `a${winner}`, `h${winner}`, 5000)).toBe(true);
    expect(await index.renew(scope, `a${winner}`, 'h-other', 5000)).toBe(false);
    await index.release(scope, 'another');
    expect(await index.claim(scope, 'b', 'h', 5000)).toMatchObject({ ok: false });
    await index.release(scope, `a${winner}`);
    expect(await index.claim(scope, 'b', 'h', 5000)).toEqual({ ok: true });
  });

  it('never takes an expired scope over silently: it is adopted once, with its record, and by one of those who ask', async () => {
    const open = record();
    const unsaved = randomUUID();
    await index.save(open, 'dead');
    expect(await index.claim(open.scope, open.id, 'dead', -1000)).toEqual({ ok: true });
    expect(await index.claim(unsaved, 'x', 'dead', -1000)).toEqual({ ok: true });
    const refused = await index.claim(open.scope, 'next', 'live', 5000);
    expect(refused).toEqual({ ok: false, runningId: open.id, holder: 'dead', expired: true });
    const answers = await Promise.all([index.abandoned('live-1'), index.abandoned('live-2')]);
    const mine = answers.flat().filter(({ scope }) => scope === open.scope || scope === unsaved);
    expect(mine.toSorted((a, b) => a.actionId.localeCompare(b.actionId))).toEqual(
      [
        { scope: open.scope, actionId: open.id, record: open },
        { scope: unsaved, actionId: 'x', record: null },
      ].toSorted((a, b) => a.actionId.localeCompare(b.actionId)),
    );
    expect(await index.renew(open.scope, open.id, 'dead', 5000)).toBe(false);
  });

  it('takes over where the action was closed and only the release is missing', async () => {
    const done = closed(record());
    for (const validMs of [-1000, 20_000]) {
      const one = { ...done, ...{ id: randomUUID(), scope: randomUUID(), idempotencyKey: randomUUID() } };
      await index.claim(one.scope, one.id, 'dead', validMs);
      await index.save(one, 'dead');
      expect(await index.claim(one.scope, 'next', 'live', 5000)).toEqual({ ok: true });
      expect(await index.holderOf(one.scope)).toMatchObject({ actionId: 'next' });
    }
  });

  it('saves a record as it is, never opens a closed one again, and gives the other one for a key that is taken', async () => {
    const open = record({
      reason: 'NUL \0, half \ud800, whole \u{1F418}'.replace('\u{1F418}', 'ü'),
      differs: ['a "quoted" \\u0000'],
    });
    expect(await index.save(open, 'h')).toBeNull();
    const kept = { ...open, reason: 'NUL \ufffd, half \ufffd, whole ü' };
    expect(await index.byKey(open.idempotencyKey)).toEqual(kept);
    expect(await index.save(closed(open), 'h')).toBeNull();
    expect(await index.save(open, 'h')).toBeNull();
    expect(await index.byId(open.id)).toMatchObject({ phase: 'closed', outcome: 'done' });
    expect(await index.save(record({ idempotencyKey: open.idempotencyKey }), 'h')).toMatchObject({ id: open.id });
    expect([await index.byId('none'), await index.byKey('none')]).toEqual([null, null]);
  });

  it('lists newest first, page by page, without loss where instants are equal', async () => {
    const scope = randomUUID();
    const records = Array.from({ length: 7 }, (_, at) => record({ scope, requestedAt: 1000 + Math.floor(at / 3) }));
    for (const each of records) await index.save(each, 'h');
    const seen: ActionRecord[] = [];
    let before: string | null = null;
    do {
      const page = await index.list({ scope, limit: 2, ...(before === null ? {} : { before }) });
      seen.push(...page.records);
      before = page.next;
    } while (before !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
    expect(seen.map(({ requestedAt }) => requestedAt)).toEqual([1002, 1001, 1001, 1001, 1000, 1000, 1000]);
    expect((await index.list({ scope, limit: 50, before: 'nonsense' })).records).toHaveLength(7);
    expect((await index.list({ limit: 3 })).records).toHaveLength(3);
  });

  it('knows earlier outages: closed, measured, and of what moves the leader', async () => {
    const scope = randomUUID();
    const measured = closed(record({ scope }), 800);
    const others = [
      record({ scope }),
      closed(record({ scope }), null),
      closed(record({ scope, request: { kind: 'resume' } })),
    ];
    for (const each of [measured, ...others]) await index.save(each, 'h');
    expect(await index.outages(scope, 5)).toEqual([measured]);
  });

  it('says the newest outages of every cluster in short, and none whose end nobody saw', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const seen = [900, 700, 800, 1, 2, 3, 4, 5, 6, 7].map((ms) => closed(record({ scope: one }), ms));
    const failover = closed(record({ scope: two, request: { kind: 'failover', candidate: 'n2' } }), 5000);
    const open = closed(record({ scope: two }), 100);
    const endless = { ...open, outage: open.outage === null ? null : { ...open.outage, writableAgainAt: null } };
    for (const each of [...seen, failover, endless]) await index.save(each, 'h');
    let all: Readonly<Record<string, readonly MeasuredOutage[]>> = {};
    const outages = new OutagesTold({ store, tell: (told) => (all = told) });
    await outages.sync();
    outages.stop();
    const newest = [...seen].reverse().slice(0, OUTAGES_MAX);
    expect(all[one]).toEqual(
      newest.map(({ requestedAt, outage }) => ({ at: requestedAt, ms: outage?.ms, by: 'probe' })),
    );
    expect(all[two]).toEqual([{ at: failover.requestedAt, ms: 5000, by: 'probe' }]);
    // The preflight goes by the same ones.
    expect(await index.outages(two, 5)).toEqual([failover]);
  });

  it('keeps revisions in the order of their keys, with text and actor once known', async () => {
    const by = record();
    await index.save(by, 'h');
    const value = { zeta: 1, alpha: { c: null, b: [1, { a: '\0' }] } };
    const plain = { scope: by.scope, value, text: null, seenAt: 10, actionId: null };
    await index.saveRevision({ ...plain, revision: '99' });
    await index.saveRevision({ ...plain, revision: '100', text: '# why\nttl: 30', actionId: by.id });
    await index.saveRevision({ ...plain, revision: '100', seenAt: 20 });
    const [newest, older] = await index.revisions(by.scope, 10);
    expect(newest).toMatchObject({
      revision: '100',
      text: '# why\nttl: 30',
      seenAt: 10,
      actor: 'anna',
      reason: 'a reason',
    });
    expect(older).toMatchObject({ revision: '99', text: null, actor: null, reason: null, actionId: null });
    expect(JSON.stringify(older?.value)).toBe('{"zeta":1,"alpha":{"c":null,"b":[1,{"a":"\ufffd"}]}}');
    await index.saveRevision({ ...plain, revision: '100', value: { ttl: 20 }, seenAt: 30 });
    expect((await index.revisions(by.scope, 1))[0]).toMatchObject({
      value: { ttl: 20 },
      text: null,
      seenAt: 30,
      actor: null,
    });
  });

  it('follows the journal, and takes again what was removed from the store; verifying shows what was changed', async () => {
    const open = record();
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        journal.append(
          'intent',
          at === 7 ? open.id : `i${at}`,
          'main',
          at === 7
            ? { record: open }
            : { at, text: 'a\0', told: { title: say`No leader for ${at} s` } as unknown as JsonObject },
        ),
      ),
    );
    await expect.poll(() => index.behind()).toBe(0);
    expect(await index.byId(open.id)).toEqual(open);
    const all = journal.entries();
    expect(await compareWithStore(where, store)).toEqual({ compared: all, missing: 0, problems: [] });

    await store.query('UPDATE audit_entry SET body = $2::text::jsonb WHERE journal = $1::text AND seq = 5', [
      journal.id,
      '{"at":0}',
    ]);
    await store.query('DELETE FROM audit_entry WHERE journal = $1::text AND seq = 9', [journal.id]);
    await store.query("INSERT INTO audit_entry VALUES ($1::text, 900, 1, 'sent', 'x', 'x', '{}', 'x')", [journal.id]);
    const { problems } = await compareWithStore(where, store);
    expect(problems).toEqual([
      'entry 5 in the store is not the one of the journal',
      'entry 9 is missing in the store, although later ones are there',
      `the store has entry 900, the journal ends at ${all}: it was put back from a backup, or entries were removed at its end`,
    ]);
    await store.query('DELETE FROM audit_entry WHERE journal = $1::text AND seq IN (5, 900)', [journal.id]);
    index.close();
    index = new AuditIndex(store, journal);
    await expect.poll(() => index.behind()).toBe(0);
    expect(await compareWithStore(where, store)).toEqual({ compared: all, missing: 0, problems: [] });
  });

  it('keeps copying where a key was taken by another action meanwhile', async () => {
    const first = record();
    await index.save(first, 'h');
    const second = closed(record({ idempotencyKey: first.idempotencyKey }));
    await journal.append('outcome', second.id, second.scope, { record: second });
    await expect.poll(() => index.behind()).toBe(0);
    expect(await index.byId(second.id)).toEqual(second);
    expect(await index.byKey(first.idempotencyKey)).toEqual(first);
  });

  it('does not put an older open record over a newer one', async () => {
    const open = record();
    await index.save({ ...open, sentAt: 77 }, 'h');
    await journal.append('intent', open.id, open.scope, { record: open });
    await expect.poll(() => index.behind()).toBe(0);
    expect(await index.byId(open.id)).toMatchObject({ sentAt: 77 });
  });
});

describe('what goes into the store', () => {
  it('leaves text that only looks like an escape alone', () => {
    const value = { text: '\\u0000 \\\\ud800 "\\"', pair: 'ü', nul: '\0', half: '\udc00' };
    expect(JSON.parse(storable(JSON.stringify(value)))).toEqual({ ...value, nul: '\ufffd', half: '\ufffd' });
  });

  it('is a record only where it looks like one, and a digest only of scope and request', () => {
    expect(recordOf({ body: { record: { id: 'x' } } })).toBeNull();
    expect(recordOf({ body: {} })).toBeNull();
    const pause = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
    const turned = { autoResume: false, until: null, owner: null, kind: 'pause' } as const;
    expect(requestDigest('a', pause)).toBe(requestDigest('a', turned));
    expect(requestDigest('a', pause)).not.toBe(requestDigest('b', pause));
  });
});
