// The doors of a real cluster as Howdah's own collector sees them: a good HAProxy, one as guides tell it, one with a TCP check, a PgBouncer
// and an address. What a switchover, a drained server and a forgotten pause make of them.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../lib/domain/cluster';
import type { EntryListener } from '../../lib/domain/entries/entry';
import type { ClusterEvent } from '../../lib/domain/events';
import { Collector } from '../../lib/server/collector/collector';
import { loadConfig } from '../../lib/server/config/config';
import { doorEntries, onConsole, onSocket, poolClient, startDoors, stopDoors } from '../lab/doors';
import type { Lab } from '../lab/lab';
import { CHECKOUT, SCOPE } from '../lab/layout';
import { healed, labOf } from './labs';

const SEEN_MS = 60_000;

describe('the doors of a cluster', () => {
  let lab: Lab;
  let collector: Collector;
  let seen: { snapshot: Snapshot; events: readonly ClusterEvent[] }[] = [];

  beforeAll(async () => {
    lab = await labOf();
    await startDoors(lab);
    const config = loadConfig({
      argv: ['--config', lab.howdahYaml],
      env: {},
      cwd: CHECKOUT,
      readFile: (file) => readFileSync(file, 'utf8') + (file === lab.howdahYaml ? doorEntries(lab) : ''),
    });
    if (!config.ok) throw new Error(JSON.stringify(config.problems));
    collector = new Collector({
      sources: config.config.sources,
      entries: config.config.entries,
      poll: config.config.poll,
      now: Date.now,
      onUpdate: ({ snapshot, events }) => {
        seen.push({ snapshot, events });
      },
      onGone: () => undefined,
    });
    collector.setViewers(new Set([SCOPE]), true);
    collector.start();
    await until('every door', () => door('lb good')?.verdict === 'leader' && door('vip')?.verdict === 'leader');
  });
  afterAll(async () => {
    await collector?.stop();
    if (lab !== undefined) await stopDoors(lab);
  });
  beforeEach(async () => {
    await healed(lab);
    await until('the doors at the leader', () => door('lb good')?.verdict === 'leader');
  });

  async function until(what: string, test: () => boolean, ms = SEEN_MS): Promise<void> {
    const end = Date.now() + ms;
    while (!test()) {
      if (Date.now() > end)
        throw new Error(
          `waited ${ms / 1000} s for ${what}: ${JSON.stringify(collector.snapshotOf(SCOPE)?.cluster.entries)}`,
        );
      await sleep(100);
    }
  }
  const now = (): Snapshot => {
    const snapshot = collector.snapshotOf(SCOPE);
    if (snapshot === null) throw new Error('nothing was seen');
    return snapshot;
  };
  /** `lb good`; of an address by its name alone. */
  const door = (name: string): EntryListener | undefined => {
    const [entry, listener] = name.split(' ');
    const found = collector.snapshotOf(SCOPE)?.cluster.entries?.find((one) => one.name === entry);
    return found?.listeners.find((one) => listener === undefined || one.name === listener);
  };
  /** `code door` of what is found of the doors. */
  const found = ({ findings }: Snapshot): string[] =>
    findings.flatMap(({ code, evidence }) =>
      /^(entry|pool)_/.test(code) ? [`${code} ${String(evidence[0]?.label)}`] : [],
    );
  const ALWAYS = [
    'entry_role_not_tested lb postgres',
    'entry_role_not_tested lb-socket postgres',
    'entry_unseen lb-wrong',
  ];

  it('are known member by member, and only the TCP check and the wrong password are wrong', async () => {
    const leader = await lab.mustLeader();
    await until('the TCP check to be judged', () => found(now()).length === ALWAYS.length);
    expect(found(now()).sort()).toEqual(ALWAYS);
    for (const name of ['lb good', 'lb guide', 'lb-socket good'])
      expect([name, door(name)?.verdict, door(name)?.members]).toEqual([name, 'leader', [leader]]);
    expect(door('lb good')).toMatchObject({ purpose: 'primary', purposeBy: 'behaviour' });
    // The page hides addresses, an admin's socket shows them.
    expect(new Set(door('lb good')?.servers.map(({ matchedBy }) => matchedBy))).toEqual(new Set(['name']));
    expect(new Set(door('lb-socket good')?.servers.map(({ matchedBy }) => matchedBy))).toEqual(new Set(['address']));
    expect(door('lb postgres')).toMatchObject({ verdict: 'untested', members: ['n1', 'n2', 'n3'] });
    // By the start of the postmaster, through HAProxy.
    expect(door('vip')).toMatchObject({ verdict: 'leader', members: [leader] });
    expect(door('pool app')).toMatchObject({
      verdict: 'relays',
      pool: { mode: 'transaction', paused: false, size: 5 },
    });
  });

  it('follow a switchover, which is an event of each and nothing to be told of', { retry: 0 }, async () => {
    seen = [];
    const from = await lab.mustLeader();
    const to = await lab.switchover();
    await until('the doors at the new leader', () =>
      ['lb good', 'lb guide', 'vip'].every((name) => door(name)?.led?.member === to),
    );
    await lab.waitHealthy();
    await sleep(16_000);
    const moved = seen.flatMap(({ events }) =>
      events.filter(({ kind }) => kind === 'entry_moved').map(({ text }) => String(text)),
    );
    for (const name of ['lb good', 'lb guide', 'lb-socket good', 'vip'])
      expect(moved.filter((text) => text.startsWith(`${name} `))).toEqual([
        expect.stringContaining(`moved from ${from} to ${to}`),
      ]);
    const told = new Set(seen.flatMap(({ snapshot }) => found(snapshot)));
    expect([...told].filter((what) => !ALWAYS.includes(what))).toEqual([]);
  });

  it('that are closed to the leader by hand lead nowhere, and that is said with what opens them', async () => {
    const leader = await lab.mustLeader();
    expect(await onSocket(lab, `set server good/${leader} state drain`)).toBe('');
    try {
      await until('the drained leader', () => found(now()).includes('entry_leads_nowhere lb good'));
      expect(found(now())).toContain('entry_drained lb good');
      const nowhere = now().findings.find(({ code }) => code === 'entry_leads_nowhere');
      expect(nowhere?.severity).toBe('critical');
      expect(String(nowhere?.advice)).toContain(`set server good/${leader} state ready`);
    } finally {
      await onSocket(lab, `set server good/${leader} state ready`);
    }
    await until('the open door', () => found(now()).every((what) => ALWAYS.includes(what)));
  });

  it('of a paused pool tell who waits, and that it is over', async () => {
    const client = poolClient(lab);
    await client.connect();
    await client.query('SELECT 1');
    await onConsole(lab, 'PAUSE app');
    const waiting = client.query('SELECT 2');
    try {
      const severity = () => now().findings.find(({ code }) => code === 'pool_paused')?.severity;
      await until('the pause', () => severity() === 'note');
      await until('the client that waits', () => severity() === 'critical');
      expect(door('pool app')?.pool).toMatchObject({ paused: true, waiting: 1 });
    } finally {
      await onConsole(lab, 'RESUME app');
    }
    await waiting;
    await client.end();
    await until('the pool that goes on', () => found(now()).every((what) => ALWAYS.includes(what)));
  });
});
