// The checker on histories made by hand: an honest run passes, and each lie planted into it is noticed, alone.
import { describe, expect, it } from 'vitest';
import { type Evidence, type JournalLine, judge } from './checker';
import { type Claim, hear, type ToldAction } from './claims';
import { History, type KeyChange, type Look, type Seen } from './history';
import { FAULT_KINDS, Script } from './script';

const SECOND = 1000;
const RUN_MS = 120 * SECOND;
/** n1 leads until then, n2 from then on. */
const SWITCH_AT = 60 * SECOND;
/** n1 is dead from the switch until it comes back. */
const BACK_AT = 90 * SECOND;
const FORK = 5000;

const standby = (id: string, timeline: number): Seen => ({
  ...{ patroni: 'running', postmaster: 'running', postmasterId: id },
  sql: { primary: false, timeline, lsn: 4000, sends: [], receives: true },
});
const primary = (id: string, timeline: number, lsn: number, sends: readonly string[]): Seen => ({
  ...{ patroni: 'running', postmaster: 'running', postmasterId: id },
  sql: { primary: true, timeline, lsn, sends, receives: false },
});
const DEAD: Seen = { patroni: 'gone', postmaster: 'gone', postmasterId: null, sql: null };

function look(at: number): Look {
  const isBefore = at < SWITCH_AT;
  const n1 = isBefore ? primary('1', 1, 4000, ['n2', 'n3']) : at < BACK_AT ? DEAD : standby('11', 2);
  const n2 = isBefore ? standby('2', 1) : primary('2', 2, 6000, at < BACK_AT ? ['n3'] : ['n1', 'n3']);
  return {
    ...{ askedAt: at, answeredAt: at + 20, quorum: true, revision: isBefore ? 10 : 13 },
    members: { n1, n2, n3: standby('3', isBefore ? 1 : 2) },
    dcs: { e1: 'running', e2: 'running', e3: 'running' },
  };
}

const LOOKS = Array.from({ length: RUN_MS / 250 }, (_, index) => look(index * 250));
const CHANGES: readonly KeyChange[] = [
  { key: 'config', value: '{"ttl":20}', revision: 1 },
  { key: 'leader', value: 'n1', revision: 2 },
  { key: 'failover', value: '{"leader":"n1","member":"n2"}', revision: 11 },
  { key: 'failover', value: '{}', revision: 12 },
  { key: 'leader', value: 'n2', revision: 13 },
];

const line = (seq: number, kind: string, at: number, request: JournalLine['request'] = null): JournalLine => ({
  ...{ seq, kind, request, hash: `hash-${seq}`, actionId: 'one' },
  appeared: { from: at - 250, to: at },
});
const JOURNAL = [
  line(1, 'intent', SWITCH_AT - 500, { kind: 'switchover' }),
  line(2, 'sent', SWITCH_AT - 250),
  line(3, 'outcome', SWITCH_AT + 5000),
];

const done: ToldAction = {
  ...{ id: 'one', kind: 'switchover', phase: 'closed', outcome: 'done', candidate: 'n2', leaderAfter: 'n2' },
  ...{ lost: 'Lost 0 B of what was seen: …', timelineBefore: 1, receivedAt: SWITCH_AT + 5100 },
};

const claim = (what: Claim['what'], member: string | null, observedAt: number, ageMs = 800): Claim => ({
  ...{ what, member, observedAt, receivedAt: observedAt + ageMs, told: 'row' },
});

function evidence(change: Partial<Evidence> = {}, looks: readonly Look[] = LOOKS, changes = CHANGES): Evidence {
  return {
    history: new History(looks, changes),
    claims: [
      claim('writable', null, 30 * SECOND),
      claim('leader', 'n1', 30 * SECOND),
      claim('leader', 'n2', 70 * SECOND),
      claim('streaming', 'n3', 75 * SECOND),
      // An old answer that still says its age is no lie.
      claim('leader', 'n1', SWITCH_AT - SECOND, 20 * SECOND),
    ],
    tellings: [],
    actions: [done],
    faults: [],
    journal: JOURNAL,
    journalAtEnd: JOURNAL.map(({ hash }) => hash),
    index: [{ id: 'one', phase: 'closed' }],
    accepted: ['one'],
    ...{ heals: [], calm: [], jumps: [], complaints: [] },
    awake: [{ from: 0, to: RUN_MS }],
    forks: { 1: FORK },
    ...change,
  };
}

const found = (change: Partial<Evidence>, ...rest: [looks?: readonly Look[], changes?: readonly KeyChange[]]) =>
  judge(evidence(change, ...rest)).falsehoods.map(({ rule, text }) => `${rule}: ${text}`);

describe('the checker', () => {
  it('finds nothing false in an honest run, and says what it checked', () => {
    const { falsehoods, checked, unjudged } = judge(evidence());
    expect(falsehoods).toEqual([]);
    expect(unjudged).toBe(0);
    expect(checked).toMatchObject({ leader: 3, writable: 1, streaming: 1, once: 1, done: 1, 'lost 0 B': 1, lines: 3 });
  });

  it.each<[lie: string, claims: readonly Claim[], noticed: RegExp]>([
    ['a dead node is leader', [claim('leader', 'n1', 80 * SECOND)], /^claim: leader n1/],
    ['a member leads that never did', [claim('leader', 'n3', 20 * SECOND)], /^claim: leader n3/],
    ['a dead node streams', [claim('streaming', 'n1', 80 * SECOND)], /^claim: streaming n1/],
    ['the primary streams', [claim('streaming', 'n2', 80 * SECOND)], /^claim: streaming n2/],
    ['it was seen after it was told', [claim('leader', 'n1', 30 * SECOND, -20 * SECOND)], /after it arrived/],
    ['nothing is writable while it is', [claim('stopped', null, 30 * SECOND)], /^claim: stopped/],
  ])('notices that %s', (_, claims, noticed) => {
    expect(found({ claims })).toEqual([expect.stringMatching(noticed)]);
  });

  it('notices a writable cluster whose primary is dead or stands still, and allows what is within its age', () => {
    const without = (seen: Partial<Seen>): readonly Look[] =>
      LOOKS.map((each) =>
        each.askedAt < 20 * SECOND || each.askedAt >= SWITCH_AT
          ? each
          : { ...each, members: { ...each.members, n1: { ...DEAD, ...seen } } },
      );
    const told = (observedAt: number) => ({ claims: [claim('writable', null, observedAt)] });
    for (const looks of [without({}), without({ postmaster: 'frozen', postmasterId: '1' })]) {
      expect(found(told(40 * SECOND), looks)).toEqual([expect.stringMatching(/^claim: writable/)]);
      expect(found(told(21 * SECOND), looks)).toEqual([]);
    }
  });

  it('says of eyes that were closed and of a clock that jumped that nothing can be judged', () => {
    const claims = [claim('leader', 'n3', 40 * SECOND)];
    expect(judge(evidence({ claims, jumps: [35 * SECOND] }))).toMatchObject({ falsehoods: [], unjudged: 1 });
    expect(judge(evidence({ claims }, []))).toMatchObject({ unjudged: 2 });
  });

  it('notices an action that was executed twice, and a write that nobody ordered', () => {
    const again = { key: 'failover', value: '{"leader": "n1", "member": "n3"}', revision: 12.5 };
    const twice = [...CHANGES.slice(0, 4), again, ...CHANGES.slice(4)];
    expect(found({}, LOOKS, twice)).toEqual([expect.stringMatching(/^twice: switchover one failover .* 2 times/)]);
    const late = LOOKS.map((each) => (each.askedAt < 100 * SECOND ? each : { ...each, revision: 14 }));
    const stray = [...CHANGES, { key: 'config', value: '{"ttl":30}', revision: 14 }];
    expect(found({}, late, stray)).toEqual([expect.stringMatching(/^twice: \/config .* no action was running/)]);
    // The lab's own hand, and the same content once more to wake the leader.
    expect(found({ heals: [{ from: 99 * SECOND, to: 102 * SECOND }] }, late, stray)).toEqual([]);
    expect(found({}, late, [...CHANGES, { key: 'config', value: '{"ttl":20} ', revision: 14 }])).toEqual([]);
  });

  it('notices a member that was restarted twice for one order', () => {
    const restart = [
      line(1, 'intent', 20 * SECOND, { kind: 'restart', members: ['n3'] }),
      line(2, 'outcome', 40 * SECOND),
    ];
    const started = (times: number): readonly Look[] =>
      LOOKS.map((each) => {
        const id = `3-${Math.min(times, Math.max(0, Math.floor((each.askedAt - 22 * SECOND) / (5 * SECOND))))}`;
        return { ...each, members: { ...each.members, n3: standby(id, 1) } };
      });
    const change = { journal: restart, claims: [], actions: [] };
    const twice = found(change, started(2), CHANGES.slice(0, 2));
    expect(twice).toEqual([expect.stringMatching(/^twice: restart one: n3 was started 2 times/)]);
    expect(found(change, started(1), CHANGES.slice(0, 2))).toEqual([]);
  });

  it.each<[lie: string, change: Partial<Evidence>, noticed: RegExp]>([
    ['a row of the audit is gone', { index: [] }, /one is missing in the audit/],
    ['a row stays open', { index: [{ id: 'one', phase: 'open' }] }, /one is open in the audit/],
    [
      'a row is in no journal',
      {
        index: [
          { id: 'one', phase: 'closed' },
          { id: 'two', phase: 'closed' },
        ],
      },
      /two is in the audit and not/,
    ],
    ['a line of the journal is gone', { journalAtEnd: ['hash-1', 'hash-3'] }, /line 2 \(sent\) was in the journal/],
    ['what was accepted is not recorded', { accepted: ['one', 'three'] }, /three was accepted/],
    [
      'it was closed twice',
      {
        journal: [...JOURNAL, line(4, 'outcome', 80 * SECOND)],
        journalAtEnd: ['hash-1', 'hash-2', 'hash-3', 'hash-4'],
      },
      /1 intents and 2 outcomes/,
    ],
  ])('notices that %s', (_, change, noticed) => {
    expect(found(change)).toEqual([expect.stringMatching(noticed)]);
  });

  it('notices bytes that were lost, and a switchover that went elsewhere', () => {
    expect(found({ forks: { 1: 3900 } })).toEqual([expect.stringMatching(/n1 had 100 bytes more on timeline 1/)]);
    expect(found({ actions: [{ ...done, candidate: 'n3' }] })).toEqual([
      expect.stringMatching(/n3 never held the key/),
    ]);
  });

  it('notices a long fault that nobody told, and not a short one, nor one that Howdah slept through', () => {
    const fault = { kind: 'kill-member', target: 'n1', at: SWITCH_AT, until: BACK_AT } as const;
    const told = { receivedAt: 70 * SECOND, observedAt: 69 * SECOND, staleAfterMs: 5000 };
    const silent = (members: readonly string[]) => [
      { ...told, told: [{ code: 'member_unreachable', members, loud: true }] },
    ];
    expect(found({ faults: [fault] })).toEqual([expect.stringMatching(/^untold: kill-member n1 for 30 s/)]);
    expect(found({ faults: [fault], tellings: silent(['n3']) })).toHaveLength(1);
    expect(found({ faults: [fault], tellings: silent(['n1', 'n3']) })).toEqual([]);
    expect(found({ faults: [{ ...fault, until: SWITCH_AT + 9000 }] })).toEqual([]);
    expect(found({ faults: [fault], awake: [{ from: 0, to: SWITCH_AT + 9000 }] })).toEqual([]);
  });

  it('notices trouble that was told and was none', () => {
    const telling = (code: string, at: number, members: readonly string[] = []) => ({
      ...{ receivedAt: at, observedAt: at - 300, staleAfterMs: 5000 },
      told: [{ code, members, loud: true }],
    });
    const of = (...tellings: readonly ReturnType<typeof telling>[]): readonly string[] => found({ tellings });
    expect(of(telling('no_leader', 30 * SECOND))).toEqual([expect.stringMatching(/^invented: no_leader/)]);
    const blind = LOOKS.map((each) => ({ ...each, quorum: each.askedAt < 20 * SECOND }));
    const stopped = blind.map((each) =>
      each.askedAt < 25 * SECOND ? each : { ...each, members: { ...each.members, n1: standby('1', 1) } },
    );
    const unread = { tellings: [telling('no_leader', 40 * SECOND)], claims: [] };
    expect(found(unread, blind)).toHaveLength(1);
    expect(found(unread, stopped)).toEqual([]);
    expect(of(telling('multiple_primaries', 30 * SECOND))).toHaveLength(1);
    expect(of(telling('dcs_no_quorum', 30 * SECOND))).toHaveLength(1);
    expect(of(telling('member_not_running', 30 * SECOND, ['n1']))).toHaveLength(1);
    expect(of(telling('member_not_running', 80 * SECOND, ['n1']))).toEqual([]);
    const calm = [{ from: 100 * SECOND, to: 110 * SECOND }];
    expect(found({ calm, tellings: [telling('lag_high', 105 * SECOND)] })).toEqual([
      expect.stringMatching(/^invented: lag_high .* nothing was wrong/),
    ]);
    expect(found({ calm, tellings: [telling('lag_high', 90 * SECOND)] })).toEqual([]);
  });
});

describe('what is told', () => {
  it('is taken apart by the clock that told it', () => {
    const frame = {
      kind: 'rows',
      rows: [
        {
          ...{ scope: 'demo', writable: true, observedAt: 500_000 },
          leader: { name: 'n1', known: true, observedAt: 499_000 },
        },
        { scope: 'other', writable: true, leader: null, observedAt: 500_000 },
      ],
    };
    const { claims } = hear(JSON.stringify(frame), 1500, 499_000, 'demo');
    expect(claims).toEqual([
      { what: 'writable', member: null, observedAt: 1000, receivedAt: 1500, told: 'row' },
      { what: 'leader', member: 'n1', observedAt: 0, receivedAt: 1500, told: 'row' },
    ]);
  });

  it('is no claim where Howdah says that it does not know', () => {
    const frame = {
      kind: 'rows',
      rows: [{ scope: 'demo', writable: null, leader: { name: 'n1', known: false, observedAt: 1 }, observedAt: 1 }],
    };
    expect(hear(JSON.stringify(frame), 2, 0, 'demo').claims).toEqual([]);
  });
});

describe('the script', () => {
  const rounds = (seed: number, count: number) => {
    const script = new Script(seed);
    return Array.from({ length: count }, () => script.next());
  };

  it('is the same for the same seed, and another for another', () => {
    expect(rounds(7, 30)).toEqual(rounds(7, 30));
    expect(rounds(7, 30)).not.toEqual(rounds(8, 30));
  });

  it('has each fault, however short the run', () => {
    const kinds = rounds(7, FAULT_KINDS.length).flatMap(({ faults }) => faults.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  });
});
