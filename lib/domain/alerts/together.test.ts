// One trouble of several clusters is one message, and nobody's own is lost in it.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { fleetRow } from '../fleet';
import { type ClusterSpec, type MemberSpec, steady } from '../testkit';
import { reportOf } from './conditions';
import { emptyScope, observeScope, type ScopeState } from './engine';
import { type Audience, DEFAULT_TELLING, type Telling } from './groups';
import { DEFAULT_RULES } from './rules';
import { decideTogether, sharedTroubles } from './together';

const START = 1_795_300_000_000;
const [n1, n2, n3] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] as const;
const trio: readonly MemberSpec[] = [n1, n2, n3];
const dead = (member: MemberSpec): MemberSpec => ({ ...member, rest: 'refused', sql: 'refused', upstream: null });
const shot = (spec: ClusterSpec): Snapshot => steady(spec, 8);
const WELL = shot({ members: trio });
const SILENT = shot({ members: trio, dcs: 'stale' });
const NO_HOST = shot({ members: [n1, n2, dead(n3)] });
const TWO = shot({ dcs: 'stale', members: [n1, { ...n2, role: 'primary', timeline: 2 }, n3] });
/** Forked beside the silent DCS: warned of by itself. */
const FORKED = shot({
  dcs: 'stale',
  history: [[1, 0x0300_0000, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']],
  members: [
    { ...n1, timeline: 2 },
    { ...n2, timeline: 2 },
    { ...n3, timeline: 1, lsn: 0x0480_0000, upstream: null },
  ],
});

/** Clusters, each looked at once a second. */
class Fleet {
  at = START;
  readonly told: Telling[] = [];
  readonly #states = new Map<string, ScopeState>();
  #waiting: ReadonlyMap<string, number> = new Map();
  receivers: readonly string[] = ['phone'];

  run(
    seconds: number,
    clusters: Readonly<Record<string, Snapshot>>,
    sources: Readonly<Record<string, string>> = {},
  ): this {
    const rules = new Map(DEFAULT_RULES.map((rule) => [rule.name, rule]));
    const audience: Audience = { receivers: this.receivers, rules, silences: [], settings: DEFAULT_TELLING };
    const seen = Object.entries(clusters).map(([scope, snapshot]) => ({
      ...snapshot,
      scope,
      source: sources[scope] ?? 'lab',
    }));
    const rows = seen.map((snapshot) => fleetRow(snapshot, []));
    for (let second = 0; second < seconds; second += 1) {
      this.at += 1000;
      for (const snapshot of seen) {
        const report = { ...reportOf(DEFAULT_RULES, snapshot, false), observedAt: this.at };
        const state = this.#states.get(snapshot.scope) ?? emptyScope(snapshot.scope);
        this.#states.set(snapshot.scope, observeScope(state, report, rules));
      }
      const all = [...this.#states.values()];
      const { states, tellings, waiting } = decideTogether(all, audience, sharedTroubles(rows), this.#waiting, this.at);
      for (const [scope, state] of states) this.#states.set(scope, state);
      this.#waiting = waiting;
      this.told.push(...tellings);
    }
    return this;
  }

  get lines(): readonly string[] {
    return this.told.map(({ reason, scope, shared }) => `${reason} ${shared?.scopes.join('+') ?? scope}`);
  }
}

const many = (snapshot: Snapshot): Record<string, Snapshot> =>
  Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`c${10 + index}`, snapshot]));

describe('one DCS of many clusters that is silent', () => {
  it('is one message with all of them in it, and one when it is over', () => {
    const fleet = new Fleet().run(300, many(SILENT));
    expect(fleet.told).toHaveLength(1);
    const [told] = fleet.told;
    expect(String(told?.shared?.title)).toBe('The DCS of 41 clusters does not answer');
    expect(told?.shared?.scopes).toHaveLength(41);
    expect(new Set(told?.alerts.map(({ scope }) => scope)).size).toBe(41);
    fleet.run(300, many(WELL));
    expect(fleet.told.map(({ reason, shared }) => [reason, shared?.scopes.length])).toEqual([
      ['new', 41],
      ['over', 41],
    ]);
    expect(fleet.told[1]?.group).toBe(fleet.told[0]?.group);
    expect(fleet.told[1]?.alerts.every(({ state }) => state === 'resolved')).toBe(true);
  });

  it('is told each receiver once', () => {
    const fleet = new Fleet();
    fleet.receivers = ['phone', 'mail'];
    fleet.run(200, { a: SILENT, b: SILENT });
    expect(fleet.told.map(({ receiver }) => receiver)).toEqual(['phone', 'mail']);
  });

  it('waits a moment for the clusters that see it later, and loses none that comes after', () => {
    const fleet = new Fleet().run(4, { a: SILENT, b: WELL, c: WELL }).run(40, { a: SILENT, b: SILENT, c: WELL });
    fleet.run(300, { a: SILENT, b: SILENT, c: SILENT });
    const told = fleet.told.flatMap(({ shared, scope }) => shared?.scopes ?? [scope]);
    expect([...told].sort()).toEqual(['a', 'b', 'c']);
    expect(fleet.lines[0]).toBe('new a+b');
  });

  it('of one cluster alone is told as that cluster, as it always was', () => {
    const fleet = new Fleet().run(200, { a: SILENT, b: WELL });
    expect(fleet.lines).toEqual(['new a']);
    expect(fleet.told[0]?.shared).toBeUndefined();
  });

  it('over for some of them names those, and the others when they are well too', () => {
    const fleet = new Fleet().run(200, { a: SILENT, b: SILENT, c: SILENT });
    fleet.run(200, { a: WELL, b: WELL, c: SILENT }).run(200, { a: WELL, b: WELL, c: WELL });
    expect(fleet.lines).toEqual(['new a+b+c', 'over a+b', 'over c']);
  });
});

describe('is not told together', () => {
  it('what two different stores have: one message of each', () => {
    const sources = { a: 'east', b: 'east', c: 'west', d: 'west' };
    const fleet = new Fleet().run(200, { a: SILENT, b: SILENT, c: SILENT, d: SILENT }, sources);
    expect([...fleet.lines].sort()).toEqual(['new a+b', 'new c+d']);
    // Two stores with one cluster each share nothing.
    expect(new Fleet().run(200, { a: SILENT, c: SILENT }, sources).lines).toEqual(['new a', 'new c']);
  });

  it('a cluster with a trouble of its own besides: it says all that it has, and the others their own', () => {
    for (const own of [TWO, FORKED]) {
      const fleet = new Fleet().run(300, { a: SILENT, b: SILENT, c: own });
      expect(fleet.lines.filter((line) => line.includes('+'))).toEqual(['new a+b']);
      const alone = new Fleet().run(300, { c: own }).told.flatMap(({ alerts }) => alerts.map(({ key }) => key));
      const here = fleet.told
        .filter(({ scope }) => scope === 'c')
        .flatMap(({ alerts }) => alerts.map(({ key }) => key));
      expect(new Set(here)).toEqual(new Set(alone));
      expect(here.length).toBeGreaterThan(0);
    }
  });
});

describe('one host that is gone', () => {
  it('is one message of the clusters that had a standby on it', () => {
    const fleet = new Fleet().run(300, { a: NO_HOST, b: NO_HOST });
    expect(fleet.lines).toEqual(['new a+b']);
    expect(String(fleet.told[0]?.shared?.title)).toContain('Host 10.0.0.3 is silent');
  });
});
