// A day compressed into minutes: what happens to a real cluster is told afterwards in the right order, at the right times, nothing
// missing and nothing twice, also where Howdah was killed in the middle. And Howdah whose own database is the cluster it acts on.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventsAnswer, IncidentAnswer, LeadershipAnswer, MomentAnswer } from '../../lib/contract/history';
import type { HealthAnswer } from '../../lib/contract/stream';
import type { Snapshot } from '../../lib/domain/cluster';
import type { ClusterEvent, EventKind } from '../../lib/domain/events';
import { story } from '../../lib/telling/incident/story';
import { type Howdah, startHowdahOn } from '../browser/howdah';
import { applyFault } from '../lab/faults';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { PORTS, SCOPE } from '../lab/layout';
import { expectDone } from './acting';
import { ActionClient } from './action-client';
import { labOf } from './labs';

const SETTLE_MS = 120_000;
const HOLE_MS = 40_000;
/** From the cause to the moment Howdah saw it: a round, or Patroni's loop and lease. */
const SEEN_WITHIN_MS = 60_000;

async function get<T>(howdah: Howdah, path: string): Promise<T> {
  const answer = await fetch(`${howdah.url}${path}`, { signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function until<T>(what: string, ask: () => Promise<T | null | false>, ms = SETTLE_MS): Promise<T> {
  const end = Date.now() + ms;
  let last: unknown = null;
  while (Date.now() < end) {
    const value = await ask().catch((error: unknown) => {
      last = error;
      return null;
    });
    if (value !== null && value !== false) return value;
    await sleep(500);
  }
  throw new Error(`waited ${ms / 1000} s for ${what}; last: ${String(last)}`);
}

const events = (howdah: Howdah, from: number): Promise<EventsAnswer> =>
  get(howdah, `/api/events?scope=${SCOPE}&from=${from}&limit=500`);

describe('a day in minutes', () => {
  let lab: Lab;
  let howdah: Howdah;
  let client: ActionClient;
  let beganAt = 0;
  /** The lab's own record: what was done, when it began and when the cluster had it. */
  const record: { readonly what: string; readonly from: number; to: number }[] = [];

  beforeAll(async () => {
    lab = await labOf();
    howdah = await startHowdahOn(lab);
    client = new ActionClient(howdah.url);
    await client.untilHealthy();
    await until('the store', async () => (await get<HealthAnswer>(howdah, '/api/health')).store.state === 'ready');
    beganAt = Date.now();
  });
  afterAll(async () => {
    await howdah?.stop();
  });

  /** Does it, and waits until Howdah tells of it: an event of that kind, since it began. */
  async function step(
    what: string,
    cause: () => Promise<unknown>,
    kind: EventKind | null,
    fits: (event: ClusterEvent) => boolean = () => true,
  ): Promise<ClusterEvent | null> {
    const entry = { what, from: Date.now(), to: 0 };
    record.push(entry);
    await cause();
    const found =
      kind === null
        ? null
        : await until(`${what}: ${kind}`, async () => {
            const { events: told } = await events(howdah, entry.from);
            return told.find((event) => event.kind === kind && event.at >= entry.from && fits(event)) ?? null;
          });
    entry.to = Date.now();
    return found;
  }

  it('is told in the right order, once, with the right times', { timeout: 900_000, retry: 0 }, async () => {
    const first = await lab.mustLeader();
    const [target, other] = await lab.replicas();
    if (target === undefined || other === undefined) throw new Error('the lab has fewer than three members');
    // The moment before the first step is asked for at the end.
    await until('a second of the past', () =>
      get<MomentAnswer>(howdah, `/api/clusters/${SCOPE}/moment?at=${Date.now() - 1000}`),
    );

    await step(
      'switchover by Howdah',
      async () => expectDone(await client.act({ kind: 'switchover', candidate: target, scheduledAt: null })),
      'leader_changed',
      (event) => event.member === target,
    );
    await lab.waitHealthy();
    await client.untilHealthy();

    await step(
      'config change',
      () => lab.patchConfig({ maximum_lag_on_failover: 2_097_152 }),
      'config_changed',
      (event) => String(event.text).includes('maximum_lag_on_failover'),
    );
    await step('pause', () => lab.setPause(true), 'paused');
    await step('resume', () => lab.setPause(false), 'resumed');

    await step(
      'replay paused',
      () => applyFault(lab, 'pause-replay', other),
      'replay_paused',
      (event) => event.member === other,
    );
    await step(
      'replay resumed',
      () => healLab(lab),
      'replay_resumed',
      (event) => event.member === other,
    );

    await step(
      'member lost',
      () => applyFault(lab, 'kill-member', other),
      'member_silent',
      (event) => event.member === other,
    );
    // While it is lost, Howdah dies and comes back at once: nothing of what was told is told again.
    await howdah.kill();
    await howdah.restart();
    // What it never saw away cannot be back.
    await until('its new life to see the member away', async () => {
      const { cluster } = await get<Snapshot>(howdah, `/api/clusters/${SCOPE}`);
      return cluster.members.some(({ name, silent }) => name === other && silent);
    });
    await step(
      'member back',
      () => healLab(lab),
      'member_answers',
      (event) => event.member === other,
    );
    await client.untilHealthy();

    // Now the leader dies while nobody watches.
    const diedAt = Date.now();
    await sleep(12_000);
    await howdah.kill();
    const unseen = { what: 'failover unseen', from: Date.now(), to: 0 };
    record.push(unseen);
    await lab.killMember(target);
    const heir = await until('another leader', async () => {
      const leader = await lab.leader();
      return leader !== null && leader !== target ? leader : null;
    });
    unseen.to = Date.now();
    // A hole is what lasts longer than half a minute; a quick election and a quick start would make none.
    await sleep(Math.max(0, unseen.from + HOLE_MS - Date.now()));
    await howdah.restart();
    const told = await until('the gap', async () => {
      const { events: all } = await events(howdah, diedAt);
      return all.find((event) => event.by === 'gap' && event.kind === 'leader_changed') ?? null;
    });
    expect(told.member).toBe(heir);
    expect(told.notBefore ?? 0).toBeLessThanOrEqual(unseen.from);
    expect(told.at).toBeGreaterThanOrEqual(unseen.from);
    await healLab(lab);
    await client.untilHealthy();

    const watched = await step(
      'failover by kill',
      () => lab.killMember(heir),
      'leader_changed',
      (event) => event.member !== heir,
    );
    await healLab(lab);
    await client.untilHealthy();
    // The last words of the day are in the store before it is read.
    await sleep(3000);

    const end = Date.now();
    const incident = await get<IncidentAnswer>(howdah, `/api/clusters/${SCOPE}/incident?from=${beganAt}&to=${end}`);
    const list = incident.events;
    const words = list.map((event) => `${event.at} ${event.by} ${event.kind} ${event.text}`).join('\n');

    // In order, and each once: by id, and by what it says.
    expect(
      list.map(({ at }) => at),
      words,
    ).toEqual([...list.map(({ at }) => at)].sort((a, b) => a - b));
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    /** The one event of that kind in the time of that step. */
    const once = (step: string, kind: EventKind, fits: (event: ClusterEvent) => boolean = () => true): ClusterEvent => {
      const done = record.find(({ what }) => what === step);
      const inside = ({ at }: ClusterEvent): boolean => at >= (done?.from ?? 0) && at <= (done?.to ?? 0);
      const found = list.filter((event) => event.kind === kind && inside(event) && fits(event));
      expect(found.length, `${step}: ${kind}\n${words}`).toBe(1);
      return found[0] as ClusterEvent;
    };
    // The story tells each of them, and each once.
    const covered = story(incident).flatMap(({ covers }) => covers);
    expect([...covered].sort()).toEqual(list.map(({ id }) => id).sort());
    const gaps = list.filter(({ kind, by }) => kind === 'leader_changed' && by === 'gap');
    expect(gaps.length, words).toBe(1);
    const order = [
      once('switchover by Howdah', 'leader_changed', (event) => event.member === target),
      once('config change', 'config_changed'),
      once('pause', 'paused'),
      once('resume', 'resumed'),
      once('replay paused', 'replay_paused', (event) => event.member === other),
      once('replay resumed', 'replay_resumed', (event) => event.member === other),
      gaps[0] as ClusterEvent,
      once('failover by kill', 'leader_changed'),
    ];
    expect(order[7]?.id).toBe(watched?.id);
    expect(
      order.map(({ at }) => at),
      words,
    ).toEqual([...order.map(({ at }) => at)].sort((a, b) => a - b));
    expect(
      list.filter(({ kind, member }) => kind === 'member_silent' && member === other).length,
      words,
    ).toBeGreaterThan(0);

    // Within the times of the lab's own record.
    for (const [index, name] of [
      [0, 'switchover by Howdah'],
      [1, 'config change'],
      [2, 'pause'],
      [3, 'resume'],
      [4, 'replay paused'],
      [5, 'replay resumed'],
      [7, 'failover by kill'],
    ] as const) {
      const done = record.find(({ what }) => what === name);
      const at = order[index]?.at ?? 0;
      expect(at, name).toBeGreaterThanOrEqual(done?.from ?? 0);
      expect(at, name).toBeLessThanOrEqual((done?.from ?? 0) + SEEN_WITHIN_MS);
    }

    // Each timeline once, in order, and how each leader came to lead.
    const timelines = list.filter(({ kind }) => kind === 'timeline_changed');
    expect(timelines.length, words).toBe(3);
    const { entries } = await get<LeadershipAnswer>(howdah, `/api/clusters/${SCOPE}/leadership`);
    const last = entries.slice(-4);
    expect(last.map(({ leader, cause }) => ({ leader, cause }))).toEqual([
      { leader: first, cause: entries.length === 4 ? 'bootstrap' : expect.any(String) },
      { leader: target, cause: 'switchover' },
      // Nobody watched: who asked is not known, and not guessed.
      { leader: heir, cause: 'unknown' },
      { leader: watched?.member, cause: 'automatic' },
    ]);
    expect(last[1]?.actor).not.toBeNull();
    expect(incident.actions.map(({ request }) => request.kind)).toContain('switchover');
    // Where Howdah was dead is a hole, and said to be one.
    expect(
      incident.blind.some(({ from, to }) => from <= unseen.to && to >= unseen.from),
      JSON.stringify(incident.blind),
    ).toBe(true);

    // The moment before the switchover shows the old leader, the moment after the new one, with what was found then.
    const moment = (at: number): Promise<MomentAnswer> => get(howdah, `/api/clusters/${SCOPE}/moment?at=${at}`);
    const then = await moment((record[0]?.from ?? 0) - 500);
    expect(then.snapshot.cluster.leader?.name).toBe(first);
    expect((await moment(order[1]?.at ?? 0)).snapshot.cluster.leader?.name).toBe(target);
    const paused = await moment(order[2]?.at ?? 0);
    expect(paused.snapshot.cluster.paused).toBe(true);
    expect(paused.snapshot.findings.map(({ code }) => code)).toContain('paused');
    const lagging = await moment(order[4]?.at ?? 0);
    expect(lagging.snapshot.findings.map(({ code }) => code)).toContain('replay_paused');

    // The report is whole, and harmless.
    for (const format of ['md', 'html']) {
      const answer = await fetch(
        `${howdah.url}/api/clusters/${SCOPE}/incident?from=${beganAt}&to=${end}&format=${format}`,
      );
      const text = await answer.text();
      expect(answer.status, text.slice(0, 300)).toBe(200);
      // Markdown escapes what could be formatting.
      expect(text.replaceAll('\\', '')).toContain('maximum_lag_on_failover');
      expect(text).not.toMatch(/<script|src=|@import|url\(/i);
    }
  });
});

describe('a Howdah whose own database is the cluster it acts on', () => {
  let lab: Lab;
  let howdah: Howdah;
  let client: ActionClient;

  beforeAll(async () => {
    lab = await labOf();
    const leader = await lab.mustLeader();
    await lab.sql(leader, 'DROP DATABASE IF EXISTS howdah_own WITH (FORCE)', []);
    await lab.sql(leader, 'CREATE DATABASE howdah_own', []);
    const { layout, secrets } = lab;
    const url = `postgres://postgres:${secrets.superuser}@${layout.haproxyIp}:${PORTS.haproxyPrimary}/howdah_own`;
    howdah = await startHowdahOn(lab, { env: { DATABASE_URL: url } });
    client = new ActionClient(howdah.url);
    await client.untilHealthy();
    await until('the store', async () => (await get<HealthAnswer>(howdah, '/api/health')).store.state === 'ready');
  });
  afterAll(async () => {
    await howdah?.stop();
  });

  it('stays live while it fails over, and has the whole of it afterwards', { timeout: 600_000, retry: 0 }, async () => {
    const beganAt = Date.now();
    const [target] = await lab.replicas();
    if (target === undefined) throw new Error('no replica');
    const leaving = new AbortController();
    const stream = await fetch(`${howdah.url}/api/stream?scope=${SCOPE}`, { signal: leaving.signal });
    const arrivals: number[] = [];
    const reading = (async () => {
      for await (const _ of stream.body ?? []) arrivals.push(Date.now());
    })().catch(() => undefined);

    const action = await client.act({ kind: 'switchover', candidate: target, scheduledAt: null });
    expect(action.outcome).toBe('done');
    await client.untilHealthy();
    await until('the store is back and has everything', async () => {
      const { store, history } = await get<HealthAnswer>(howdah, '/api/health');
      return store.state === 'ready' && store.behind === 0 && (history?.storedAt ?? 0) > (action.closedAt ?? 0);
    });
    const silences = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? at));
    expect(Math.max(...silences), 'the longest silence of the stream').toBeLessThan(10_000);
    leaving.abort();
    await reading;

    const { rows, from } = await client.audit();
    expect(from).toBe('store');
    expect(rows.find(({ id }) => id === action.id)).toMatchObject({
      phase: 'closed',
      outcome: 'done',
      before: {},
      after: {},
    });
    const told = await until('the events', async () => {
      const { events: list, from: home } = await events(howdah, beganAt);
      return home === 'store' && list.some(({ kind, member }) => kind === 'leader_changed' && member === target)
        ? list
        : null;
    });
    expect(told.filter(({ kind }) => kind === 'timeline_changed')).toHaveLength(1);
    const { history } = await get<HealthAnswer>(howdah, '/api/health');
    expect(history).toMatchObject({ droppedSamples: 0, droppedFrames: 0, droppedEvents: 0 });
  });
});
