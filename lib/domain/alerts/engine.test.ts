import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { fitsPattern } from '../pattern';
import { movedBy, parseRecording } from '../recording';
import type { AlertSeverity } from '../severity';
import { buildSnapshot } from '../snapshot';
import { type ClusterSpec, HEAD, type MemberSpec, NOW, play as playMoments } from '../testkit';
import type { AlertRule, Condition, Silence } from './alert';
import { type ConditionReport, NOTHING_UNSEEN, reportOf } from './conditions';
import { emptyScope, observeScope, type ScopeState } from './engine';
import { type Audience, DEFAULT_TELLING, decideScope, type Telling } from './groups';
import { DEFAULT_RULES } from './rules';

const START = 1_795_218_900_000;
const RULE: AlertRule = {
  name: 'r',
  test: { kind: 'finding', codes: [], atLeast: 'warning' },
  severity: null,
  forSeconds: 5,
  clearSeconds: 30,
  scopes: null,
  labels: {},
  receivers: null,
};

function condition(key: string, over: Partial<Condition> = {}): Condition {
  const words = { title: `${key} is bad`, cause: null, evidence: [`${key}: seen`], advice: `Repair ${key}.` };
  const base = { rule: 'r', scope: 'main', key, member: key, code: 'replica_not_streaming' as const };
  return { ...base, severity: 'warning', ...words, since: START + 3600_000, ...over };
}

interface Look {
  readonly has?: readonly Condition[];
  readonly unseen?: readonly string[];
  readonly changing?: boolean;
}

/** One cluster under one rule, looked at once a second. */
class Play {
  state: ScopeState = emptyScope('main');
  at = START;
  readonly told: Telling[] = [];
  silences: readonly Silence[] = [];
  intervalMs = 1000;
  rules: ReadonlyMap<string, AlertRule>;
  receivers: readonly string[] = ['phone'];

  constructor(rules: readonly AlertRule[] = [RULE]) {
    this.rules = new Map(rules.map((rule) => [rule.name, rule]));
  }

  report({ has = [], unseen = [], changing = false }: Look): ConditionReport {
    const conditions = has.map((one) => ({ ...one, since: Math.min(one.since, this.at) }));
    const blind = { ...NOTHING_UNSEEN, members: unseen };
    return {
      scope: 'main',
      labels: {},
      observedAt: this.at,
      intervalMs: this.intervalMs,
      conditions,
      unseen: blind,
      changing,
      gone: false,
    };
  }

  look(seconds: number, look: Look = {}): this {
    for (let second = 0; second < seconds; second++) {
      this.at += 1000;
      this.state = observeScope(this.state, this.report(look), this.rules);
      this.decide();
    }
    return this;
  }

  /** Nobody reports. */
  wait(seconds: number): this {
    for (let second = 0; second < seconds; second++) {
      this.at += 1000;
      this.decide();
    }
    return this;
  }

  decide(): void {
    const { receivers, rules, silences } = this;
    const audience: Audience = { receivers, rules, silences, settings: DEFAULT_TELLING };
    const decision = decideScope(this.state, audience, this.at);
    this.state = decision.state;
    this.told.push(...decision.tellings);
  }

  get reasons(): string[] {
    return this.told.map(({ reason, alerts }) => `${reason} ${alerts.map(({ key }) => key).join('+')}`);
  }

  change(update: (alert: ScopeState['tracked'][number]) => ScopeState['tracked'][number]): this {
    this.state = { ...this.state, tracked: this.state.tracked.map(update) };
    return this;
  }
}

const bad = (key: string, over: Partial<Condition> = {}): Look => ({ has: [condition(key, over)] });

describe('an alert', () => {
  it('is told after its rule and its group waited, once, and again when it is over', () => {
    const play = new Play().look(4, bad('n2'));
    expect(play.state.tracked[0]?.alert.state).toBe('pending');
    play.look(600, bad('n2'));
    expect(play.reasons).toEqual(['new n2']);
    play.look(120);
    expect(play.reasons).toEqual(['new n2', 'over n2']);
    const [first, second] = play.told;
    expect(first?.at).toBe(START + 16_000);
    expect(second?.group).toBe(first?.group);
    expect(second?.id).not.toBe(first?.id);
    expect(play.state.group).toBeNull();
  });

  it('is over when it was first not there, not when the wait for its return had passed', () => {
    const play = new Play().look(60, bad('n2')).look(29);
    expect(play.state.tracked[0]?.alert.state).toBe('firing');
    play.look(11);
    expect(play.state.tracked[0]?.alert).toMatchObject({ state: 'resolved', resolvedAt: START + 61_000 });
  });

  it('that goes before it fires leaves no trace', () => {
    const play = new Play().look(4, bad('n2')).look(60);
    expect(play.reasons).toEqual([]);
    expect(play.state.tracked).toEqual([]);
  });

  it('is told again when it gets worse, not when it gets better', () => {
    const play = new Play().look(60, bad('n2')).look(10, bad('n2', { severity: 'critical' }));
    expect(play.reasons).toEqual(['new n2', 'worse n2']);
    play.look(100, bad('n2')).look(100, bad('n2', { severity: 'critical' }));
    expect(play.reasons).toHaveLength(2);
  });

  it('neither begins nor ends while its member cannot be seen, nor while nobody reports', () => {
    const play = new Play().look(3, bad('n2', { key: 'replica_not_streaming:n2:' }));
    play.look(600, { unseen: ['n2'] });
    expect(play.state.tracked[0]?.alert.state).toBe('pending');
    play.look(60, bad('n2', { key: 'replica_not_streaming:n2:' }));
    expect(play.told).toHaveLength(1);
    play.look(3600, { unseen: ['n2'] });
    expect(play.state.tracked[0]?.alert.state).toBe('firing');
    play.look(10).wait(3600).look(10);
    expect(play.state.tracked[0]?.alert.state).toBe('firing');
    play.look(30);
    expect(play.state.tracked[0]?.alert.state).toBe('resolved');
  });

  it('does not begin by the clock alone: what held before a hole in the reports has to hold again', () => {
    const over = { code: null };
    const play = new Play().look(3, bad('n2', over)).wait(300).look(3, bad('n2', over));
    expect(play.state.tracked[0]?.alert.state).toBe('pending');
  });

  it('fires also where a cluster is looked at seldom', () => {
    const play = new Play([{ ...RULE, forSeconds: 120 }]);
    play.intervalMs = 60_000;
    for (let turn = 0; turn < 3; turn++) play.wait(59).look(1, bad('n2', { code: null }));
    expect(play.reasons).toEqual([]);
    play.wait(20);
    expect(play.reasons).toEqual(['new n2']);
  });

  it('begins, ends and is told also after the clock was ahead', () => {
    const play = new Play().look(30, bad('n2'));
    play.at -= 3600_000;
    play.look(80, { has: [condition('n2'), condition('n3', { code: null })] });
    expect(play.state.tracked.map(({ alert }) => [alert.key, alert.state])).toEqual([
      ['n2', 'firing'],
      ['n3', 'firing'],
    ]);
    expect(play.state).toMatchObject({ scope: 'main', intervalMs: 1000 });
    play.look(60, bad('n2')).look(60);
    expect(play.reasons).toEqual(['new n2', 'new n2+n3', 'over n2+n3']);
  });

  it('that a clock ahead wrote down is told after a restart', () => {
    const play = new Play().look(6, bad('n2'));
    play.at -= 3600_000;
    play.state = { ...play.state, reportedAt: null };
    play.look(12, bad('n2'));
    expect(play.reasons).toEqual(['new n2']);
  });

  it('takes no report that another overtook', () => {
    const play = new Play().look(3, bad('n2'));
    const before = play.state;
    play.at -= 2000;
    expect(observeScope(before, play.report({}), play.rules)).toBe(before);
  });

  it('is repeated while nobody acknowledges it, by its severity', () => {
    const critical = bad('n2', { severity: 'critical' });
    const play = new Play().look(20, critical).look(4 * 3600, critical);
    expect(play.reasons).toEqual(['new n2', 'still n2']);
    const acknowledged = { by: 'tester', at: play.at, reason: 'on it' };
    play.change((entry) => ({ ...entry, alert: { ...entry.alert, acknowledged } })).look(5 * 3600, critical);
    expect(play.told).toHaveLength(2);
    play.look(60);
    expect(play.reasons.at(-1)).toBe('over n2');
  });

  it('under a silence is not told, and is told when the silence ends before it', () => {
    const silence: Silence = {
      id: 's',
      scope: 'm*',
      rule: null,
      member: 'n2',
      labels: {},
      startsAt: START,
      endsAt: START + 600_000,
      reason: 'work',
      by: 'tester',
      createdAt: START,
      endedAt: null,
      endedBy: null,
    };
    const play = new Play();
    play.silences = [silence];
    play.look(500, bad('n2'));
    expect(play.told).toEqual([]);
    expect(play.state.tracked[0]?.alert.silencedBy).toEqual(['s']);
    play.look(120, bad('n2'));
    expect(play.reasons).toEqual(['new n2']);
  });
});

describe('a group', () => {
  it('is one message for what comes together, with one end', () => {
    const both: Look = { has: [condition('n2'), condition('n3', { severity: 'critical' })] };
    const play = new Play().look(3, bad('n2')).look(60, both).look(40, bad('n2')).look(200);
    expect(play.reasons).toEqual(['new n3+n2', 'over n2+n3']);
  });

  it('tells what joins it later, with what goes on and what is over meanwhile', () => {
    const play = new Play().look(30, bad('n2')).look(200, { has: [condition('n2'), condition('n3')] });
    expect(play.reasons).toEqual(['new n2', 'new n2+n3']);
  });

  it('goes to whom the rules name, and holds for each only what is meant for it', () => {
    const named = { ...RULE, name: 'named', receivers: ['mail'] };
    const play = new Play([RULE, named]);
    play.receivers = ['phone', 'mail'];
    play.look(60, { has: [condition('n2'), condition('n3', { rule: 'named' })] });
    expect(play.told.map(({ receiver, alerts }) => [receiver, alerts.map(({ key }) => key).sort()])).toEqual([
      ['phone', ['n2']],
      ['mail', ['n2', 'n3']],
    ]);
  });

  it('tells each receiver the end of what it was told, whatever is told to others meanwhile', () => {
    const [one, two] = [
      { ...RULE, name: 'one', receivers: ['r1'] },
      { ...RULE, name: 'two', receivers: ['r2'] },
    ];
    const play = new Play([RULE, one, two]);
    play.receivers = ['r1', 'r2'];
    const [a, b] = [condition('a', { rule: 'one' }), condition('b', { rule: 'two' })];
    const both = condition('c');
    play.look(30, { has: [a, b, both] });
    play.look(90, { has: [a] });
    play.look(40, { has: [a, condition('d', { rule: 'one' })] }).look(200);
    const heard = (name: string): string[] =>
      play.told
        .filter(({ receiver }) => receiver === name)
        .map(({ reason, alerts }) => `${reason} ${alerts.map(({ key, state }) => `${key}:${state}`).join('+')}`);
    expect(heard('r2')).toEqual(['new b:firing+c:firing', 'over b:resolved+c:resolved']);
    expect(heard('r1')).toEqual([
      'new a:firing+c:firing',
      'new a:firing+d:firing+c:resolved',
      'over a:resolved+d:resolved',
    ]);
    expect(play.state.group).toBeNull();
  });

  it('that is repeated to one receiver leaves the repeat of the other as it was', () => {
    const one = { ...RULE, name: 'one', receivers: ['r1'] };
    const play = new Play([RULE, one]);
    play.receivers = ['r1', 'r2'];
    const both: Look = { has: [condition('a', { rule: 'one', severity: 'critical' }), condition('b')] };
    play.look(60, both);
    for (let minute = 0; minute < 25 * 60; minute++) {
      play.at += 59_000;
      play.look(1, both);
    }
    const of = (name: string): number =>
      play.told.filter(({ receiver, reason }) => receiver === name && reason === 'still').length;
    expect([of('r1'), of('r2')]).toEqual([6, 1]);
  });

  it('of whom a release before did not note who was told ends for all it is for', () => {
    const play = new Play()
      .look(30, bad('n2'))
      .change((entry) => ({ ...entry, owed: null }))
      .look(60);
    expect(play.reasons).toEqual(['new n2', 'over n2']);
  });

  it('without a receiver marks nothing as told', () => {
    const play = new Play();
    play.receivers = [];
    play.look(60, bad('n2'));
    expect(play.state.tracked[0]?.alert.toldAt).toBeNull();
    play.receivers = ['phone'];
    play.look(1, bad('n2'));
    expect(play.reasons).toEqual(['new n2']);
  });

  it('while leadership changes is silent; what is left then is told at once and together', () => {
    const two: Look = { has: [condition('n2'), condition('n3')] };
    const play = new Play().look(25, { ...two, changing: true });
    expect(play.told).toEqual([]);
    play.look(1, bad('n3')).look(40, bad('n3'));
    expect(play.reasons).toEqual(['new n3']);
  });

  it('is not silent for ever while leadership changes, and two primaries are told at once', () => {
    const play = new Play().look(120, { ...bad('n2'), changing: true });
    expect(play.reasons).toEqual(['new n2']);
    const primaries = bad('n1,n2', { code: 'multiple_primaries', severity: 'critical' });
    const other = new Play().look(20, { ...primaries, changing: true });
    expect(other.told).toHaveLength(1);
  });

  it('one condition that comes and goes within clearSeconds is told once, and once that it is over', () => {
    const phases = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 29 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(phases, (flaps) => {
        const play = new Play().look(20, bad('n2'));
        for (const [on, off] of flaps) play.look(on, bad('n2')).look(off);
        play.look(1, bad('n2')).look(200);
        expect(play.reasons).toEqual(['new n2', 'over n2']);
      }),
      { numRuns: 60 },
    );
  });

  it('never says that something is over which nobody was told of, whatever comes', () => {
    const severity = fc.constantFrom<AlertSeverity>('critical', 'warning', 'note');
    const key = fc.constantFrom('n1', 'n2', 'n3');
    const look = fc.record({
      keys: fc.uniqueArray(fc.tuple(key, severity), { selector: ([one]) => one, maxLength: 3 }),
      seconds: fc.integer({ min: 1, max: 90 }),
      changing: fc.boolean(),
      unseen: fc.uniqueArray(key, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 25 }), (looks) => {
        const play = new Play([RULE, { ...RULE, name: 'one', receivers: ['mail'] }]);
        play.receivers = ['phone', 'mail'];
        for (const { keys, seconds, changing, unseen } of looks) {
          const has = keys.map(([one, level]) => condition(one, { severity: level, rule: one === 'n1' ? 'one' : 'r' }));
          play.look(seconds, { has, changing, unseen });
        }
        play.look(400);
        const open = new Set<string>();
        for (const { receiver, alerts } of play.told) {
          for (const { id, state } of alerts) {
            if (state === 'resolved') expect(open.delete(`${receiver} ${id}`)).toBe(true);
            else open.add(`${receiver} ${id}`);
          }
        }
        expect([...open]).toEqual([]);
        expect(new Set(play.told.map(({ receiver, id }) => `${receiver} ${id}`)).size).toBe(play.told.length);
        expect(play.state.group).toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});

const TESTDATA = join(import.meta.dirname, '../testdata');

/** The frames of recordings one after the other, each shown for some seconds; instants follow the clock of the play. */
function replay(parts: readonly { readonly scenario: string; readonly seconds: number }[]): Play {
  const play = new Play(DEFAULT_RULES);
  let before: Snapshot | null = null;
  for (const { scenario, seconds } of parts) {
    const folder = join(TESTDATA, scenario);
    const names = readdirSync(folder).filter((name) => name.startsWith('frame-'));
    const frames = names.sort().map((name) => parseRecording(readFileSync(join(folder, name), 'utf8')));
    for (let second = 0; second < seconds; second++) {
      const raw = frames[Math.min(frames.length - 1, Math.floor((second * frames.length) / seconds))];
      if (raw === undefined) throw new Error(`${scenario} has no frames`);
      play.at += 1000;
      // Recorded ages stay what they were in the frame.
      const moved = { ...movedBy(raw, play.at - raw.now), scope: 'main', patroniScope: raw.scope };
      before = buildSnapshot(moved, before, null).snapshot;
      play.state = observeScope(play.state, reportOf(DEFAULT_RULES, before, false), play.rules);
      play.decide();
    }
  }
  return play;
}

describe('recorded clusters', () => {
  it.each(['distro', 'patroni41', 'trixie'])(
    '%s: a switchover as it was recorded is at most one message',
    (generation) => {
      const play = replay([
        { scenario: `${generation}-healthy`, seconds: 20 },
        { scenario: `${generation}-short-leader-gap`, seconds: 3 },
        { scenario: `${generation}-just-switched-over`, seconds: 6 },
        { scenario: `${generation}-healthy`, seconds: 300 },
      ]);
      expect(play.reasons.length).toBeLessThanOrEqual(1);
    },
  );

  it.each(readdirSync(TESTDATA).filter((name) => /healthy$|idle$|scheduled-/.test(name)))(
    '%s: tells nobody',
    (scenario) => {
      expect(replay([{ scenario, seconds: 400 }]).reasons).toEqual([]);
    },
  );

  it.each([
    ['distro-second-primary', 'multiple_primaries'],
    ['distro-forked-replica', 'replica_diverged'],
    ['distro-kill-patroni', 'member_unreachable'],
    ['trixie-etcd-alarm', 'dcs_alarm'],
  ])('%s: tells %s in one message', (scenario, code) => {
    const play = replay([{ scenario, seconds: 180 }]);
    expect(play.told[0]?.alerts.map((alert) => alert.code)).toContain(code);
    expect(play.told.length).toBeLessThanOrEqual(2);
  });
});

/** A slow switchover from n1 to n2, second by second: 6 s without a leader, 15 s until the old one follows. */
function switchover(): readonly ClusterSpec[] {
  const times = (count: number, spec: ClusterSpec): ClusterSpec[] => Array.from({ length: count }, () => spec);
  const late = (member: MemberSpec): MemberSpec => ({
    ...member,
    timeline: 2,
    lsn: HEAD + 4096,
    received: HEAD + 4096,
  });
  const [n1, n2, n3] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
  const down: MemberSpec = { name: 'n1', role: 'demoted', state: 'stopped', sql: 'refused' };
  const [left2, left3]: MemberSpec[] = [
    { name: 'n2', upstream: null },
    { name: 'n3', upstream: null },
  ];
  if (left2 === undefined || left3 === undefined) throw new Error('two replicas');
  const failover = { leader: 'n1', member: 'n2' };
  const promoted: MemberSpec = { ...late(n2), role: 'primary' };
  const began = new Date(NOW + 32_000).toISOString();
  const history = [[1, HEAD, 'no recovery target specified', began, 'n2']];
  const away = { leader: 'n2', history };
  return [
    ...times(20, { members: [n1, n2, n3] }),
    ...times(2, { members: [n1, n2, n3], failover }),
    ...times(4, { members: [down, left2, left3], failover }),
    ...times(6, { members: [down, left2, left3], leader: null }),
    ...times(2, { members: [down, left2, left3], leader: 'n2' }),
    ...times(8, { members: [down, promoted, { ...left3, timeline: 1 }], ...away }),
    ...times(5, {
      members: [{ ...late(n1), role: 'replica', upstream: null }, promoted, { ...left3, timeline: 1 }],
      ...away,
    }),
    ...times(300, {
      members: [{ ...late(n1), role: 'replica', upstream: 'n2' }, promoted, { ...late(n3), upstream: 'n2' }],
      ...away,
    }),
  ];
}

describe('a switchover', () => {
  const snapshots = playMoments(switchover()).all;
  const impatient = DEFAULT_RULES.map((rule) => ({
    ...rule,
    forSeconds: Math.min(2, rule.forSeconds),
    clearSeconds: 2,
  }));
  const tell = (rules: readonly AlertRule[], hold: boolean): string[] => {
    const play = new Play(rules);
    for (const snapshot of snapshots) {
      play.at = snapshot.observedAt;
      const report = { ...reportOf(rules, snapshot, false), scope: 'main' };
      play.state = observeScope(play.state, hold ? report : { ...report, changing: false }, play.rules);
      play.decide();
    }
    return play.reasons;
  };

  it('is no message under the default rules', () => {
    expect(tell(DEFAULT_RULES, true)).toEqual([]);
  });

  it('is no message under rules that fire after two seconds either, though it is full of findings', () => {
    expect(tell(impatient, false).length).toBeGreaterThan(0);
    expect(tell(impatient, true)).toEqual([]);
  });
});

describe('a pattern', () => {
  it.each([
    ['main', 'main', true],
    ['main', 'main2', false],
    ['*', '', true],
    ['prod-*', 'prod-7', true],
    ['*-*', 'a-b', true],
    ['a*a', 'a', false],
    ['*a*b*', 'xxaybz', true],
    ['*.b', 'aXb', false],
  ])('%s and %s: %s', (pattern, text, fits) => {
    expect(fitsPattern(pattern, text)).toBe(fits);
  });
});
