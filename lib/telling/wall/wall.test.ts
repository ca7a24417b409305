import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../domain/cluster';
import { fleetRow } from '../../domain/fleet';
import { parseRecording } from '../../domain/recording';
import { buildSnapshot } from '../../domain/snapshot';
import { speakerOf } from '../../language/speakers';
import { textWidth } from './fit-name';
import { problemOf } from './problem';
import { hostsOf, redact, redactEvent, redactProblem, redactTile } from './redact';
import { tileOf } from './tile';
import { byUrgency, isProblem, type WallTile } from './wall';

const ROOT = join(import.meta.dirname, '../../domain/testdata');
const SCENARIOS = readdirSync(ROOT).sort();

interface Played {
  readonly snapshot: Snapshot;
  readonly texts: readonly string[];
}

/** `change`: of the raw text, to give its members other hosts. */
function played(name: string, change: (text: string) => string = (text) => text): Played {
  const texts: string[] = [];
  let before: Snapshot | null = null;
  for (const file of readdirSync(join(ROOT, name)).filter((one) => /^frame-\d+\.json$/.test(one))) {
    const raw = parseRecording(change(readFileSync(join(ROOT, name, file), 'utf8')));
    const built = buildSnapshot(raw, before, null);
    before = built.snapshot;
    texts.push(
      ...[...built.changes.map(({ text }) => text), ...built.snapshot.findings.map(({ title }) => title)].map(String),
    );
  }
  if (before === null) throw new Error(`${name} has no frames`);
  return { snapshot: before, texts };
}

const wallOf = (snapshot: Snapshot) => ({
  tile: tileOf(fleetRow(snapshot, []), snapshot, snapshot.observedAt),
  problem: problemOf(snapshot),
});

describe('a wall over the recorded scenarios', () => {
  it.each(SCENARIOS)('%s: a tile says what is wrong in few words, and a card belongs to it', (name) => {
    const { snapshot } = played(name);
    const { tile, problem } = wallOf(snapshot);
    expect(tile.words !== null).toBe(isProblem(snapshot));
    expect(problem !== null).toBe(isProblem(snapshot));
    if (problem === null || tile.words === null) return;
    const ru = speakerOf('ru');
    // A tile of the smallest large size takes 145 px at 24 px a line, in two lines.
    for (const words of [String(tile.words), ru.speak(tile.words)]) expect(textWidth(words, 24)).toBeLessThan(2 * 145);
    expect(problem.members.length).toBeGreaterThan(0);
    expect(problem.since).toBeLessThanOrEqual(snapshot.observedAt);
    // The cause where there is one: the words of every other surface.
    if (snapshot.cause === null) expect(problem.failover).toMatch(/^(No automatic f|F)ailover/);
    else expect(problem.failover).toEqual(snapshot.cause.headline);
    for (const text of [problem.label, problem.numberWords, problem.failover])
      expect(ru.speak(text), `${text} has no Russian`).toMatch(/[а-я]|^Failover|failsafe/i);
  });

  it('says what the pictures say', () => {
    const of = (name: string) => wallOf(played(name).snapshot);
    const forked = of('distro-forked-replica');
    expect(forked.tile.words).toBe('n3 forked');
    expect(forked.problem).toMatchObject({
      label: 'forked',
      number: '60.7 MiB',
      numberWords: 'past the fork',
      failover: 'n3 has forked and can never follow again',
    });
    expect(forked.problem?.members).toContainEqual({
      glyph: 'forked',
      tone: 'critical',
      names: 'n3',
      text: 'on timeline 6',
    });
    const leaderless = of('distro-freeze-all-etcd');
    expect(leaderless.tile.words).toBe('no leader');
    expect(leaderless.problem).toMatchObject({ number: null, numberWords: 'not writable' });
    expect(of('distro-pause').tile).toMatchObject({ words: 'paused', marks: expect.arrayContaining(['paused']) });
    expect(of('distro-lag').tile.words).toBe('lag 45.6 MiB');
    expect(of('distro-nofailover').problem?.failover).toBe('Nobody could take over from n1');
    expect(of('distro-thirty').problem?.members.length).toBeLessThanOrEqual(6);
    expect(of('distro-healthy').tile).toMatchObject({ words: null, leader: 'n1', lag: '0 B', marks: [] });
  });

  it('knows no words of a cluster that was not looked at but those of its worst code', () => {
    const { snapshot } = played('distro-forked-replica');
    const tile = tileOf(fleetRow(snapshot, []), null, snapshot.observedAt);
    expect(tile).toMatchObject({ words: 'forked', since: snapshot.cause?.since });
  });
});

/** Hosts as people have them: names in a domain, and members that are named after them. */
const NAMED = (text: string): string =>
  text
    .replace(/127\.\d+\.\d+\.(\d+)/g, (_, last: string) => `pg-node-${Number(last) - 10}.db.example`)
    .replace(/\bn(\d+)\b/g, (_, index: string) => `pg-node-${index}`);

describe('a wall without host names', () => {
  it.each(SCENARIOS)('%s: no host, address or port of a member in what it shows', (name) => {
    for (const change of [undefined, NAMED]) {
      const { snapshot, texts } = change === undefined ? played(name) : played(name, change);
      const hosts = hostsOf(snapshot);
      const { tile, problem } = wallOf(snapshot);
      const shown = JSON.stringify([
        redactTile(tile, hosts),
        problem === null ? null : redactProblem(problem, hosts),
        texts.map((text, index) => redactEvent({ id: String(index), scope: 'demo', at: 0, text }, hosts)),
      ]);
      const hidden = [
        ...snapshot.cluster.members.flatMap(({ host, port, apiUrl }) => [
          host,
          apiUrl,
          port === null ? null : `:${port}`,
        ]),
        ...(snapshot.cluster.dcs?.endpoints ?? []).map(({ url }) => url.replace(/^\w+:\/\//, '')),
        ...(change === undefined ? [] : ['pg-node', 'db.example']),
      ];
      for (const text of hidden) if (text !== null) expect(shown).not.toContain(text);
    }
  });

  it('hides what nobody told it to be a host', () => {
    const nobody = { hosts: [], aliases: new Map<string, string>() };
    const cases: readonly (readonly [string, string])[] = [
      ['connection to 10.1.2.3:5432 refused', 'connection to … refused'],
      ['from https://[fd00::12]:8008/patroni, twice', 'from …, twice'],
      ['fd00:1:2::9 is gone', '… is gone'],
      ['db1.prod.example.com does not answer', '… does not answer'],
      ['db1:5432 refused', '… refused'],
      ['localhost:2379', '…'],
    ];
    for (const [text, expected] of cases) expect(redact(text, nobody)).toBe(expected);
  });

  it('calls a member that is named after its host by its place, also in the name of its slot', () => {
    const { snapshot } = played('distro-healthy', NAMED);
    const hosts = hostsOf(snapshot);
    expect(redact('pg-node-2 does not stream from pg-node-1', hosts)).toBe('m2 does not stream from m1');
    expect(redact('Slot pg_node_3 retains 1 GiB of WAL on pg-node-1.db.example:5432', hosts)).toBe(
      'Slot m3 retains 1 GiB of WAL on …',
    );
  });

  it('keeps times, versions, positions, quantities and parameters', () => {
    const nobody = { hosts: ['db'], aliases: new Map<string, string>() };
    const texts = [
      'switchover scheduled for 2026-11-21 14:08:31 UTC',
      'Members run PostgreSQL 15.18 and 16.4',
      'at 0/400F8D0, 20.5 MiB behind',
      'dynamic configuration changed: pg_stat_statements.max, dbx',
      'etcd e1 and e2 do not answer',
    ];
    for (const text of texts) expect(redact(text, nobody)).toBe(text);
    expect(redact('db:5432 and db are gone', nobody)).toBe('… and … are gone');
  });
});

describe('the order of tiles', () => {
  const tile = (scope: string, change: Partial<WallTile>): WallTile => ({
    scope,
    health: 'ok',
    impact: null,
    words: null,
    since: null,
    leader: null,
    lag: null,
    timeline: null,
    marks: [],
    observedAt: 0,
    staleAfterMs: 1000,
    ...change,
  });

  it('is worst first, of the same the oldest, then marked ones, then by name', () => {
    const tiles = [
      tile('z', {}),
      tile('b', { health: 'note', marks: ['paused'] }),
      tile('a', { health: 'note' }),
      tile('w', { health: 'warning', impact: 'degraded', since: 5 }),
      tile('young', { health: 'critical', impact: 'not_writable', since: 9 }),
      tile('old', { health: 'critical', impact: 'not_writable', since: 3 }),
      tile('u', { health: 'unknown', impact: 'unknown' }),
    ];
    expect(tiles.sort(byUrgency).map(({ scope }) => scope)).toEqual(['old', 'young', 'u', 'w', 'b', 'a', 'z']);
  });
});
