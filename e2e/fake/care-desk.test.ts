// What changes a DCS, on one real etcd: what stands in the journal before anything is sent, what is refused, and who is told what.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCare } from '../../lib/domain/care/care';
import { type CareMemory, remember } from '../../lib/domain/care/care-memory';
import type { DcsRequest } from '../../lib/domain/care/dcs-action';
import type { Dependent } from '../../lib/domain/care/dependents';
import { EtcdAdmin } from '../../lib/io/dcs/etcd/admin';
import { EtcdCare } from '../../lib/io/dcs/etcd/care';
import type { AccessNote, OpenChange } from '../../lib/server/access/access-log';
import { CareDesk, type DeskDeps } from '../../lib/server/care/desk';
import type { CareSight } from '../../lib/server/collector/care-poller';
import type { SourceConfig } from '../../lib/server/config/config';
import { Refusal } from '../../lib/server/route';
import { type EtcdProcess, startEtcd } from './etcd-process';

const BY = { name: 'anna', address: '10.0.0.9' };
let etcd: EtcdProcess;
let reader: EtcdCare;
let memory: CareMemory | null = null;
let written: string[] = [];

beforeAll(async () => {
  etcd = await startEtcd();
  reader = new EtcdCare({ hosts: [etcd.url], username: null, password: null, tls: null }, Date.now);
});
afterAll(async () => {
  reader.close();
  await etcd.stop();
});
beforeEach(() => {
  written = [];
});

const cluster = (part: Partial<Dependent> = {}): Dependent => ({
  ...{ scope: 'orders', health: 'ok', fate: 'demotes', ttlSeconds: 30, loopWaitSeconds: 10 },
  ...part,
});

async function look(): Promise<CareSight> {
  memory = remember(memory, await reader.read());
  const care = buildCare(memory, Date.now(), 10_000);
  const looked = { care, findings: [], events: [], staleAfterMs: 10_000 };
  return { source: 'main', labels: {}, namespace: '/service/', looked, clusters: [cluster()] };
}

function desk(
  part: Partial<DeskDeps> = {},
  admin: object | null = { username: null, password: null, tls: null },
): CareDesk {
  const dcs = {
    kind: 'etcd3',
    hosts: [etcd.url],
    namespace: '/service/',
    scopes: null,
    username: null,
    password: null,
    tls: null,
    admin,
  };
  return new CareDesk({
    sources: [{ name: 'main', dcs } as unknown as SourceConfig],
    look,
    write: async (kind, { actor, text }) => void written.push(`${kind} ${actor}: ${text}`),
    open: async () => [],
    busy: () => [],
    readOnly: false,
    now: Date.now,
    ...part,
  });
}

const refusal = async (started: Promise<unknown>): Promise<string> =>
  started.then(
    () => 'begun',
    (error: unknown) => (Refusal.is(error) ? `${error.body.code}: ${error.body.message}` : String(error)),
  );
const ended = async (of: CareDesk, sees: () => Promise<CareSight> = look) => {
  for (let n = 0; n < 200; n += 1) {
    const [newest] = of.offer(await sees(), null)?.records ?? [];
    if (newest?.endedAt != null) return newest;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not end');
};

describe('a change of the DCS', () => {
  it('stands in the journal before and after, and is done when it is seen; then the new member waits for its start', async () => {
    const own = desk();
    const request: DcsRequest = { kind: 'add_learner', name: 'e2', peerUrl: 'http://127.0.0.1:1' };
    const begun = await own.start('main', request, BY, 'a third site');
    expect(begun).toMatchObject({ actor: 'anna', reason: 'a third site', outcome: null });
    expect(written[0]).toMatch(/^dcs_begun anna: Add e2 as a learner, etcd of main: a third site/);
    expect(begun.commands[0]).toContain('--initial-cluster-state existing');
    expect(await ended(own)).toMatchObject({ outcome: 'done' });
    expect(written[1]).toMatch(/^dcs_ended anna: Add e2 as a learner, etcd of main: done, and seen/);
    const learner = (await look()).looked?.care.members.find(({ votes }) => votes === false);
    expect(await refusal(own.start('main', { kind: 'promote', member: learner?.key ?? '' }, BY, 'now'))).toMatch(
      /^refused: .*does not answer/,
    );
    expect(written).toHaveLength(2);
    await own.start('main', { kind: 'remove', member: learner?.key ?? '' }, BY, 'not wanted');
    expect(await ended(own)).toMatchObject({ outcome: 'done' });
    expect((await look()).looked?.care.members).toHaveLength(1);
  });

  it('is not sent where the journal cannot be written', async () => {
    const own = desk({
      write: async () => {
        throw new Refusal('not_ready', 'the disk is full');
      },
    });
    const request: DcsRequest = { kind: 'add_learner', name: 'e2', peerUrl: 'http://127.0.0.1:1' };
    expect(await refusal(own.start('main', request, BY, 'x'))).toBe('not_ready: the disk is full');
    expect((await look()).looked?.care.members).toHaveLength(1);
    // The way is free again.
    expect(await refusal(own.start('main', request, BY, 'x'))).toBe('not_ready: the disk is full');
  });

  it('is refused without a credential of its own, read-only, and while an action runs on a cluster there; the page says so before', async () => {
    const request: DcsRequest = { kind: 'defragment' };
    expect(await refusal(desk({}, null).start('main', request, BY, 'x'))).toMatch(/^refused: .*no `admin` part/);
    expect(String(desk({}, null).offer(await look(), null)?.refused)).toMatch(/no `admin` part/);
    expect(await refusal(desk({ readOnly: true }).start('main', request, BY, 'x'))).toMatch(/only watches/);
    expect(await refusal(desk({ busy: (scopes) => scopes }).start('main', request, BY, 'x'))).toMatch(
      /an action runs on orders/,
    );
    expect(await refusal(desk().start('elsewhere', request, BY, 'x'))).not.toBe('begun');
    expect(String(desk().offer(await look(), 'ask an admin')?.refused)).toBe('ask an admin');
    expect(written).toEqual([]);
  });

  it('runs one at a time', async () => {
    const own = desk();
    const [first, second] = await Promise.all([
      refusal(own.start('main', { kind: 'defragment' }, BY, 'x')),
      refusal(own.start('main', { kind: 'defragment' }, BY, 'x')),
    ]);
    expect([first, second].sort()).toEqual(['begun', 'refused: another change of this DCS runs']);
    expect(await ended(own)).toMatchObject({ outcome: 'done' });
  });

  it('of which nobody knows what became of it stands in the way of the next', async () => {
    let sights = 0;
    // What is asked for is never seen, whatever became of it.
    const blind = async (): Promise<CareSight> => {
      const sight = await look();
      sights += 1;
      const { looked } = sight;
      if (looked === null) return sight;
      const members = looked.care.members.filter(({ votes }) => votes === true);
      return { ...sight, looked: { ...looked, care: { ...looked.care, members } } };
    };
    const own = desk({ now: () => Date.now() + sights * 40_000, look: blind });
    await own.start('main', { kind: 'add_learner', name: 'e3', peerUrl: 'http://127.0.0.1:2' }, BY, 'x');
    const end = await ended(own, blind);
    expect(end).toMatchObject({ outcome: 'unknown' });
    expect(String(end.text)).toMatch(/not sent again/);
    expect(await refusal(own.start('main', { kind: 'defragment' }, BY, 'x'))).toMatch(
      /what became of this is not known/,
    );
    // Seen at last, it is no longer open.
    expect(
      String(own.offer(await look(), null)?.choices.find(({ request }) => request.kind === 'defragment')?.refused),
    ).not.toMatch(/what became/);
    const left = (await look()).looked?.care.members.find(({ votes }) => votes === false);
    const other = desk();
    await other.start('main', { kind: 'remove', member: left?.key ?? '' }, BY, 'x');
    await ended(other);
  });

  it('that an earlier life began is watched to its end and never sent again, and clusters there wait meanwhile', async () => {
    const begun = async (): Promise<OpenChange> => {
      const notes: AccessNote[] = [];
      const killed = desk({
        // The life that began it ends with the entry on the disk, before anything is sent.
        write: async (_, note) => {
          notes.push(note);
          throw new Refusal('not_ready', 'killed');
        },
      });
      const request: DcsRequest = { kind: 'add_learner', name: 'e4', peerUrl: 'http://127.0.0.1:4' };
      await refusal(killed.start('main', request, BY, 'a third site'));
      const change = notes[0]?.change ?? {};
      return { id: 'c1', at: Date.now(), actor: 'anna', address: null, change };
    };
    const entry = await begun();
    const next = desk({ open: async () => [entry] });
    await next.recover();
    expect(String(next.running('main'))).toBe('Add e4 as a learner');
    expect(await refusal(next.start('main', { kind: 'defragment' }, BY, 'x'))).toMatch(
      /another change of this DCS runs/,
    );
    expect((await look()).looked?.care.members).toHaveLength(1);
    // What the first life had sent comes about at last: here another hand does it.
    const other = new EtcdAdmin({ hosts: [etcd.url], username: null, password: null, tls: null }, Date.now);
    await other.addLearner(etcd.url, 'http://127.0.0.1:4');
    other.close();
    const end = await ended(next);
    expect(end).toMatchObject({ id: 'c1', outcome: 'done', reason: 'a third site' });
    expect(end.commands[0]).toContain('--initial-cluster-state existing');
    expect(next.running('main')).toBeNull();
    expect(written).toEqual([
      'dcs_ended anna: Add e4 as a learner, etcd of main: Howdah was stopped while it ran, and it is seen',
    ]);
    const left = (await look()).looked?.care.members.find(({ votes }) => votes === false);
    await next.start('main', { kind: 'remove', member: left?.key ?? '' }, BY, 'not wanted');
    await ended(next);
  });

  it('that an earlier life was in the middle of is not gone on with, and rubbish in the journal takes up nothing', async () => {
    const entry = (change: object): OpenChange => ({
      id: 'c',
      at: 1,
      actor: 'anna',
      address: null,
      change: change as never,
    });
    const cut = {
      id: 'c2',
      source: 'main',
      request: { kind: 'defragment' },
      title: 'Defragment one by one',
      reason: 'x',
    };
    const next = desk({
      open: async () => [
        entry(cut),
        entry({}),
        entry({ ...cut, source: 'gone' }),
        entry({ ...cut, request: { kind: 'x' } }),
      ],
    });
    await next.recover();
    const end = await ended(next);
    expect(end).toMatchObject({ outcome: 'stopped' });
    expect(next.offer(await look(), null)?.records).toHaveLength(1);
  });

  it('gives a snapshot as it comes, after it was written down who takes it', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of (await desk().snapshot('main', BY)) as unknown as AsyncIterable<Uint8Array>)
      parts.push(part);
    expect(Buffer.concat(parts).length).toBeGreaterThan(10_000);
    expect(written[0]).toMatch(/^dcs_begun anna: Take a snapshot, etcd of main/);
    expect(await refusal(desk({}, null).snapshot('main', BY))).toMatch(/no `admin` part/);
  });
});
