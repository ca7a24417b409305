import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActionFacts, ActionRecord } from '../../domain/actions/action';
import type { Alert } from '../../domain/alerts/alert';
import type { Snapshot } from '../../domain/cluster';
import { haproxy, other } from '../../domain/entries/test-doors';
import type { ClusterEvent } from '../../domain/events';
import { fleetRow } from '../../domain/fleet';
import { parseRecording } from '../../domain/recording';
import { buildSnapshot } from '../../domain/snapshot';
import { type ClusterSpec, MIB, NOW, play, quietFacts, STALE_MS, steady } from '../../domain/testkit';
import { measured } from '../../language/quantity';
import { say } from '../../language/sentence';
import { speakerOf } from '../../language/speakers';
import { problemOf } from '../wall/problem';
import { buildCard, type Card } from './card';
import { CARD_RULES } from './rules';

const ROOT = join(import.meta.dirname, '../../domain/testdata');

interface Recorded {
  readonly snapshot: Snapshot;
  readonly events: readonly ClusterEvent[];
}

const frame = /^frame-\d+\.json$/;

function recorded(name: string): Recorded {
  const folder = join(ROOT, name);
  let before: Snapshot | null = null;
  const events: ClusterEvent[] = [];
  const files = readdirSync(folder).filter((file) => frame.test(file));
  for (const file of files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const raw = parseRecording(readFileSync(join(folder, file), 'utf8'));
    const { snapshot, changes } = buildSnapshot(raw, before, null);
    before = snapshot;
    for (const change of changes)
      events.push({ ...change, id: `e${events.length}`, at: snapshot.observedAt, by: 'seen', notBefore: null });
  }
  if (before === null) throw new Error(`${name} has no frames`);
  return { snapshot: before, events };
}

interface More {
  readonly action?: ActionRecord;
  readonly alerts?: readonly Alert[];
  readonly facts?: Partial<ActionFacts>;
  readonly laterMs?: number;
  readonly events?: readonly ClusterEvent[];
}

function cardOf(snapshot: Snapshot, more: More = {}): Card {
  return buildCard({
    snapshot,
    events: more.events ?? [],
    action: more.action ?? null,
    alerts: more.alerts ?? [],
    facts: quietFacts(snapshot, more.facts),
    now: snapshot.observedAt + (more.laterMs ?? 0),
  });
}

function recordedCard(name: string, more: More = {}): Card {
  const { snapshot, events } = recorded(name);
  return cardOf(snapshot, { events, ...more });
}

/** One line an option: `Fail over to n1: Loses nothing.` or `Restart n2: refused, …`. */
const optionLines = ({ options }: Card): readonly string[] =>
  options.map(({ title, cost, refused }) =>
    refused === null ? `${title}: ${cost.map(({ text }) => text).join(' ')}` : `${title}: refused, ${refused}`,
  );
const memberLines = ({ members }: Card): readonly string[] =>
  members.shown.map(({ name, glyph, words, tone }) => `${name} <${glyph}> ${words} (${tone})`);

function alert(snapshot: Snapshot, change: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    rule: 'critical',
    scope: snapshot.scope,
    key: 'no_leader',
    member: null,
    code: 'no_leader',
    severity: 'critical',
    state: 'firing',
    cause: null,
    title: 'No leader',
    evidence: [],
    advice: '',
    since: snapshot.observedAt - 60_000,
    firedAt: snapshot.observedAt - 50_000,
    seenAt: snapshot.observedAt,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: 'g',
    toldAt: null,
    ...change,
  };
}

const three = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];

describe('is it writable', () => {
  it.each([
    ['distro-healthy', 'yes', 'n1 leads on timeline 1.'],
    ['distro-no-leader', 'no', 'Nobody holds the leader key.'],
    ['distro-kill-quorum', 'no', 'etcd has no quorum: nobody can take the leader key.'],
    ['distro-sync-strict-blocked', 'no', 'No sync standby is left to confirm commits.'],
    ['distro-leader-key-without-primary', 'no', 'n2 holds the leader key but does not answer.'],
    ['patroni41-leader-key-without-primary', 'no', 'n1 holds the leader key but does not answer.'],
    ['distro-primary-without-leader-key', 'unknown', 'n2 is a primary without the leader key.'],
    ['distro-second-primary', 'yes', 'n2 and n3 take writes at the same time, and their histories diverge.'],
    ['distro-failsafe', 'yes', 'n2 leads on timeline 9.'],
  ] as const)('%s: %s, %s', (name, state, why) => {
    const { writable } = recordedCard(name);
    expect([writable.state, writable.why]).toEqual([state, why]);
  });

  it('says since when not, by the oldest finding that stops writes', () => {
    const { snapshot } = recorded('distro-no-leader');
    const since = snapshot.findings.find(({ code }) => code === 'no_leader')?.since;
    expect(cardOf(snapshot).writable.since).toBe(since);
    expect(since).toBeLessThan(snapshot.observedAt);
  });

  it('says since when not, by the loss of the leader key where that was seen before', () => {
    const { snapshot } = recorded('distro-no-leader');
    const at = snapshot.observedAt - 252_000;
    const lost: ClusterEvent = {
      id: 'l',
      at,
      by: 'seen',
      notBefore: null,
      kind: 'leader_lost',
      severity: null,
      member: 'n2',
      code: null,
      members: ['n2'],
      text: 'n2 lost the leader key, nobody holds it',
    };
    expect(cardOf(snapshot, { events: [lost] }).writable.since).toBe(at);
  });

  it('an outage of longer than the window is told from its beginning', () => {
    const { snapshot } = recorded('distro-no-leader');
    const findings = snapshot.findings.map((found) =>
      found.code === 'no_leader' ? { ...found, since: snapshot.observedAt - 3_600_000 } : found,
    );
    expect(cardOf({ ...snapshot, findings }).writable.since).toBe(snapshot.observedAt - 3_600_000);
  });

  it('unknown is unknown, with what was last known', () => {
    const silent = play([
      { members: three },
      { members: three },
      { members: [{ name: 'n1', rest: 'timeout', sql: 'timeout' }, { name: 'n2' }, { name: 'n3' }] },
    ]).snapshot;
    const { writable } = cardOf(silent);
    expect(writable.state).toBe('unknown');
    expect(writable.why).toBe('n1 holds the leader key, but nobody has heard from it.');
  });

  it('a snapshot that is too old knows nothing now, and says what was', () => {
    const snapshot = steady({ members: three });
    expect(cardOf(snapshot, { laterMs: 3 * STALE_MS }).writable.state).toBe('yes');
    const old = cardOf(snapshot, { laterMs: 3 * STALE_MS + 1 });
    expect(old.outdated).toBe(true);
    expect(old.writable).toEqual({
      state: 'unknown',
      since: null,
      last: { writable: true, at: snapshot.observedAt },
      why: 'Howdah has seen nothing of demo since then.',
    });
  });

  it('a standby cluster is no outage', () => {
    const snapshot = steady({
      members: [{ name: 'n1', role: 'standby_leader' }, { name: 'n2' }],
      config: { standby_cluster: { host: 'far.example', port: 5432 } },
    });
    expect(cardOf(snapshot).writable).toMatchObject({
      state: 'standby',
      why: 'A standby cluster takes no writes: it follows far.example.',
    });
  });
});

describe('the members', () => {
  it('are said with their shape, and who led comes first', () => {
    expect(memberLines(recordedCard('distro-leader-key-without-primary'))).toEqual([
      'n2 <unknown> no answer, was leader (unknown)',
      'n1 <replica> replica, has the most WAL (plain)',
      'n3 <replica> replica, has the most WAL (plain)',
    ]);
    expect(memberLines(recordedCard('distro-forked-replica'))).toEqual([
      'n2 <leader> leader, takes writes (plain)',
      'n1 <replica> replica, no lag (plain)',
      'n3 <forked> forked on timeline 6 (critical)',
    ]);
    expect(memberLines(recordedCard('distro-postgres-start-fails'))).toContain(
      'n2 <not_running> replica, state start failed (critical)',
    );
    expect(memberLines(recordedCard('distro-pause-replay'))).toContain(
      'n3 <replay_paused> replica, replay paused, 22.8 MiB behind (warning)',
    );
    expect(memberLines(recordedCard('distro-break-replication'))).toContain(
      'n3 <lag_over_limit> replica, does not stream, 99.1 KiB behind (warning)',
    );
    expect(memberLines(recordedCard('distro-sync'))).toContain('n1 <sync_standby> sync standby, no lag (plain)');
  });

  it('without a leader are measured against whoever has most', () => {
    const { snapshot } = play([
      { members: three },
      {
        leader: null,
        members: [
          { name: 'n1', rest: 'refused', sql: 'refused', key: null },
          { name: 'n2', upstream: null, lsn: 0x0400_0000 },
          { name: 'n3', upstream: null, lsn: 0x0400_0000 - 4 * MIB },
        ],
      },
    ]);
    expect(memberLines(cardOf(snapshot))).toEqual(
      expect.arrayContaining(['n3 <lag_over_limit> replica, 4 MiB behind (warning)']),
    );
  });

  it('of a wide cluster are six, the rest counted', () => {
    const { members } = recordedCard('distro-thirty');
    expect(members.shown).toHaveLength(6);
    // Who leads, then those whose PostgreSQL refuses connections: 25 of the 30.
    expect(members.shown.map(({ tone }) => tone)).toEqual(['plain', ...Array.from({ length: 5 }, () => 'warning')]);
    expect(String(members.shown[1]?.words)).toBe('replica, PostgreSQL refuses connections');
    expect(String(members.rest)).toBe('and 24 more, 20 of them in trouble');
  });
});

describe('what changed', () => {
  it('is not told twice', () => {
    const { snapshot } = recorded('distro-no-leader');
    const at = snapshot.observedAt - 30_000;
    const event = (id: string, change: Partial<ClusterEvent>): ClusterEvent => ({
      id,
      at,
      by: 'seen',
      notBefore: null,
      kind: 'finding_raised',
      severity: null,
      member: null,
      code: null,
      members: [],
      text: id,
      ...change,
    });
    const events = [
      event('silent', { kind: 'member_silent', member: 'n2', members: ['n2'] }),
      event('unreachable', { code: 'member_unreachable', members: ['n2'], severity: 'unknown', at: at + 5000 }),
      event('other', { code: 'member_unreachable', members: ['n3'], severity: 'unknown', at: at + 6000 }),
      event('lost', { kind: 'leader_lost', member: 'n2', at: at + 10_000 }),
      event('gone', { code: 'no_leader', severity: 'critical', at: at + 10_000 }),
      event('over', { kind: 'finding_cleared', at: at + 11_000 }),
      event('ancient', { kind: 'paused', at: at - 3_600_000 }),
    ];
    const { changes } = cardOf(snapshot, { events });
    expect(changes.shown.map(({ key }) => key)).toEqual(['lost', 'other', 'silent']);
    expect(changes.shown.map(({ loud }) => loud)).toEqual([true, false, false]);
  });

  it('counts what does not fit', () => {
    const { snapshot } = recorded('distro-healthy');
    const events = Array.from(
      { length: 9 },
      (_, index): ClusterEvent => ({
        id: `${index}`,
        at: snapshot.observedAt - index * 1000,
        by: 'seen',
        notBefore: null,
        kind: 'config_changed',
        severity: null,
        member: null,
        code: null,
        members: [],
        text: 'dynamic configuration changed: ttl',
      }),
    );
    const { changes } = cardOf(snapshot, { events });
    expect([changes.shown.length, changes.more]).toEqual([6, 3]);
  });
});

describe('what can I do', () => {
  it.each([
    [
      'distro-leader-key-without-primary',
      [
        'Fail over to n1: When it will take writes again is not known: no outage has been measured here yet. Loses only what the old leader wrote and nobody received.',
        'Restart n2: refused, Patroni on n2 does not answer',
      ],
    ],
    [
      'distro-no-leader',
      ['Fail over to n1: refused, Not n1: tagged nofailover', 'Restart n2: refused, n2 is not a member of demo.'],
    ],
    [
      'distro-kill-quorum',
      [
        'Fail over to n2: refused, etcd has no quorum: 1 of 3 answer',
        'Restart n1: refused, etcd has no quorum: 1 of 3 answer',
      ],
    ],
    [
      'distro-healthy',
      ['Switch over to n2: Writes stop for a moment; how long was never measured here. Loses nothing.'],
    ],
    [
      'distro-pause',
      [
        'Resume: Writes go on.',
        'Switch over to n3: Writes stop for a moment; how long was never measured here. Loses nothing.',
      ],
    ],
    [
      'distro-forked-replica',
      [
        'Reinitialize n3: Writes go on. Loses up to 60.7 MiB.',
        'Switch over to n1: Writes stop for a moment; how long was never measured here. Loses nothing.',
      ],
    ],
    [
      'distro-postgres-start-fails',
      [
        'Restart n2: Writes go on.',
        'Reinitialize n2: Writes go on.',
        'Switch over to n1: Writes stop for a moment; how long was never measured here. Loses nothing.',
      ],
    ],
    [
      'distro-break-replication',
      [
        'Restart n3: Writes go on.',
        'Reinitialize n3: Writes go on.',
        'Switch over to n2: Writes stop for a moment; how long was never measured here. Loses nothing.',
      ],
    ],
    ['distro-second-primary', ['Switch over to n1: refused, n3 runs as a primary without the leader key']],
    ['distro-sync-strict-blocked', ['Switch over to n1: refused, Not n1: not reachable']],
    [
      'distro-pending-restart-dcs',
      [
        'Switch over to n1: Writes stop for a moment; how long was never measured here. Loses nothing.',
        'Restart one by one: Writes stop for a moment; how long was never measured here. Loses nothing.',
      ],
    ],
  ] as const)('%s', (name, lines) => {
    expect(optionLines(recordedCard(name))).toEqual(lines);
  });

  it('never more than three, never one that is refused before one that is not, never anything twice', () => {
    for (const name of readdirSync(ROOT)) {
      const { options } = recordedCard(name);
      expect(options.length, name).toBeLessThanOrEqual(3);
      expect(new Set(options.map(({ key }) => key)).size, name).toBe(options.length);
      const refused = options.map((option) => option.refused !== null);
      expect([...refused].sort(), name).toEqual(refused);
    }
  });

  it('every rule asks for something in a scenario, and is quiet in a healthy cluster or is the switchover', () => {
    const fired = new Set<string>();
    for (const name of readdirSync(ROOT)) {
      const { snapshot } = recorded(name);
      const { cluster } = snapshot;
      const situation = { snapshot, cluster, led: cluster.leader?.name ?? null, untaken: [alert(snapshot)] };
      for (const rule of CARD_RULES) if (rule.wish(situation) !== null) fired.add(rule.code);
    }
    expect([...fired].sort()).toEqual(CARD_RULES.map(({ code }) => code).sort());
    const { snapshot } = recorded('distro-healthy');
    const calm = { snapshot, cluster: snapshot.cluster, led: 'n1', untaken: [] };
    expect(CARD_RULES.filter((rule) => rule.wish(calm) !== null).map(({ code }) => code)).toEqual(['switchover']);
  });

  it('an alert that fires can be taken; one that is taken, over, or of another cluster cannot', () => {
    const { snapshot } = recorded('distro-leader-key-without-primary');
    const titles = (alerts: readonly Alert[]) => cardOf(snapshot, { alerts }).options.map(({ title }) => title);
    expect(titles([alert(snapshot)])).toEqual(['Fail over to n1', 'Take this incident', 'Restart n2']);
    const taken = { by: 'me', at: NOW, reason: 'looking' };
    for (const change of [{ acknowledged: taken }, { state: 'resolved' as const }, { scope: 'other' }])
      expect(titles([alert(snapshot, change)])).toEqual(['Fail over to n1', 'Restart n2']);
    expect(cardOf(recorded('distro-healthy').snapshot, { alerts: [] }).options.map(({ title }) => title)).toEqual([
      'Switch over to n2',
    ]);
  });

  it('says the expected outage where this cluster measured one', () => {
    const { snapshot } = recorded('distro-healthy');
    const outages = [2900, 3100, 2700].map((ms) => ({ at: NOW, ms, by: 'probe' as const, steps: {} }));
    expect(optionLines(cardOf(snapshot, { facts: { outages } }))).toEqual([
      'Switch over to n2: Writes stop for about 2.9 s: measured 3 times here. Loses nothing.',
    ]);
  });

  it('says that nothing is lost where that is known, and only there: who confirmed every commit, or led itself', () => {
    const gone = { name: 'n1', rest: 'refused', sql: 'refused', key: null } as const;
    const rest = [
      { name: 'n2', upstream: null },
      { name: 'n3', upstream: null },
    ];
    const lines = (more: Partial<ClusterSpec>): string => {
      const moments = [
        { members: three, ...more },
        ...Array.from({ length: 8 }, () => ({ leader: null, members: [gone, ...rest], ...more })),
      ];
      return optionLines(cardOf(play(moments).snapshot)).join('\n');
    };
    const sync = { config: { synchronous_mode: true, pause: true }, sync: { leader: 'n1', sync_standby: 'n2' } };
    expect(lines(sync)).toContain('Loses 0 B: n2 confirmed every commit.');
    expect(lines(sync)).not.toContain('nobody received');
    expect(lines({ config: { pause: true } })).toContain('Loses only what the old leader wrote and nobody received.');
  });

  it('says what a failover would lose, in bytes', () => {
    const { snapshot } = play([
      { members: three },
      { members: three },
      {
        leader: null,
        members: [
          { name: 'n1', rest: 'refused', sql: 'refused', key: null, lsn: 0x0440_0000 },
          { name: 'n2', upstream: null, lsn: 0x0400_0000 },
          { name: 'n3', upstream: null, lsn: 0x0400_0000 - 4 * MIB, rest: 'refused', sql: 'refused' },
        ],
      },
    ]);
    const [first] = cardOf(snapshot).options;
    expect(first?.title).toBe('Fail over to n2');
    expect(first?.refused).toBeNull();
    expect(first?.cost.some(({ loss }) => loss)).toBe(true);
  });

  it('who may not is told the reason, and where only the second person is missing it can be asked for', () => {
    const { snapshot } = recorded('distro-healthy');
    const grants = [{ role: 'viewer' as const, scopes: null, labels: {} }];
    const viewer = { grants, policies: [], admins: ['ada'], secondPerson: 'to_ask' as const };
    const [refused] = cardOf(snapshot, { facts: { rights: viewer }, alerts: [alert(snapshot)] }).options;
    expect(refused?.refused).toMatch(/^Your role viewer may not/);
    const operator = { ...viewer, grants: [{ role: 'operator' as const, scopes: null, labels: {} }] };
    const policies = [{ actions: null, scopes: null, labels: {}, minutes: 30 }];
    const [asked] = cardOf(snapshot, { facts: { rights: { ...operator, policies } } }).options;
    expect(asked).toMatchObject({ kind: 'act', needsSecond: true });
    const [both] = cardOf(snapshot, { facts: { rights: { ...viewer, policies } } }).options;
    expect(both).toMatchObject({ kind: 'act', needsSecond: false });
  });
});

describe('in Russian', () => {
  const { speak } = speakerOf('ru');

  it('members, costs and the head are said', () => {
    const left = readdirSync(ROOT).flatMap((name) => {
      const card = recordedCard(name);
      const texts = [
        card.writable.why,
        card.members.rest ?? '',
        ...card.members.shown.map(({ words }) => words),
        ...card.options.flatMap(({ cost }) => cost.map(({ text }) => text)),
      ];
      return texts.filter((text) => text !== '' && !/[а-яё]/i.test(speak(text)));
    });
    expect(left).toEqual([]);
    expect(speak(say`${say`replica`}, ${measured(3.4, 'MiB')} behind`)).toBe('реплика, отстаёт на 3,4 МиБ');
    expect(speak(say`no answer, was ${say`sync standby`}`)).toBe('нет ответа, раньше: синхронная реплика');
  });
});

describe('the doors on a card', () => {
  const servers = ['n1', 'n2', 'n3'];
  const seen = (n1: Parameters<typeof haproxy>[0][string][number]): Snapshot =>
    steady(
      {
        members: servers.map((name) => ({ name })),
        entries: [{ kind: 'haproxy', answer: haproxy({ primary: [n1, other('n2'), other('n3')] }) }],
      },
      5,
      5000,
    );
  const through = (...of: Parameters<typeof seen>): Card => cardOf(seen(...of));

  it('say that clients reach nobody although the cluster is writable, and since when', () => {
    const card = through(other('n1', { check: 'L4CON' }));
    expect(card.writable.state).toBe('yes');
    // In the words of the cause, which stands above it: not once more in others.
    expect(card.door).toMatchObject({ critical: true, title: null });
    expect(String(card.cause?.headline)).toBe('n1 takes writes, and nobody reaches it through lb primary');
  });

  it('are the headline where no other leads to the leader, in the words that the fleet and the wall have', () => {
    const snapshot = seen(other('n1', { check: 'L4CON' }));
    const card = cardOf(snapshot);
    const words = 'n1 takes writes, and nobody reaches it through lb primary';
    const said = [card.cause?.headline, fleetRow(snapshot, []).headline?.title, problemOf(snapshot)?.title];
    expect(said.map(String)).toEqual([words, words, words]);
    expect(String(card.writable.why)).toBe('n1 takes writes, and clients do not reach it.');
  });

  it('do not make a person leave the leader first: it is the door that is ill', () => {
    const snapshot = seen({ name: 'n1', status: 'MAINT' });
    expect(snapshot.findings.some(({ code, members }) => code === 'entry_drained' && members.join() === 'n1')).toBe(
      true,
    );
    const kinds = cardOf(snapshot, { alerts: [alert(snapshot)] }).options.map(({ kind }) => kind);
    expect(kinds).toEqual(['take', 'act']);
  });

  it('say nothing where they lead to the leader', () => {
    expect(through({ name: 'n1' }).door).toBeNull();
  });
});
