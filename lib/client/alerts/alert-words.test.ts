import { describe, expect, it } from 'vitest';
import type { Alert, AlertRule, ReceiverState } from '../../contract/alerts';
import { DEFAULT_RULES } from '../../domain/alerts/rules';
import {
  byUrgency,
  countAlerts,
  phaseOf,
  queueWords,
  receiverWords,
  ruleReach,
  ruleWords,
  silenceEnd,
  silenceWords,
  toldWords,
} from './alert-words';

const NOW = new Date(2026, 10, 20, 15, 30).getTime();

function alert(spec: Partial<Alert>): Alert {
  return {
    id: 'a',
    rule: 'critical',
    scope: 'orders',
    key: 'k',
    member: null,
    code: null,
    severity: 'critical',
    state: 'firing',
    title: 'no leader',
    cause: null,
    evidence: [],
    advice: '',
    since: NOW - 60_000,
    firedAt: NOW - 50_000,
    seenAt: NOW,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: 'g',
    toldAt: null,
    ...spec,
  };
}

const receiver: ReceiverState = {
  name: 'mail',
  kind: 'smtp',
  target: 'oncall@example.test',
  state: 'ok',
  lastOkAt: NOW - 1000,
  lastFailedAt: null,
  lastError: null,
  queued: 0,
  oldestQueuedAt: null,
  nextAttemptAt: null,
  givenUp: 0,
};

const taken = { by: 'm.keller', at: NOW, reason: 'looking' };

describe('rules', () => {
  it('are each said in words of their own, with limit and times', () => {
    const words = DEFAULT_RULES.map(ruleWords);
    expect(new Set(words).size).toBe(words.length);
    const of = (name: string): string => words[DEFAULT_RULES.findIndex((rule) => rule.name === name)] ?? '';
    expect(of('lag-bytes')).toBe('Replay lag of a member over 1 GiB: alerts after 2 min, resolves after 2 min');
    expect(of('paused-long')).toBe('Paused for more than 2 h: alerts at once, resolves after 30 s');
    expect(of('restart-pending-long')).toBe('A pending restart older than 7 d: alerts at once, resolves after 1 min');
    expect(of('no-failover-possible')).toMatch(/^No automatic failover would be possible/);
  });

  it('say whom they are about and who is told', () => {
    const [rule] = DEFAULT_RULES;
    expect(rule === undefined ? '' : ruleReach(rule)).toBe('all clusters; all receivers');
    const narrow: AlertRule = {
      name: 'x',
      test: { kind: 'finding', codes: ['paused'], atLeast: null },
      severity: null,
      forSeconds: 0,
      clearSeconds: 30,
      scopes: ['prod-*'],
      labels: { env: 'prod' },
      receivers: ['mail'],
    };
    expect(ruleReach(narrow)).toBe('prod-*, env=prod; mail');
    expect(ruleWords(narrow)).toMatch(/^Finding paused: alerts at once/);
  });
});

describe('silences', () => {
  it('say what they keep quiet', () => {
    expect(silenceWords({ scope: null, rule: null, member: null, labels: {} })).toBe('All rules on all clusters');
    expect(silenceWords({ scope: 'orders', rule: 'lag-bytes', member: 'n2', labels: { env: 'qa' } })).toBe(
      'lag-bytes on orders, env=qa, member n2',
    );
  });

  it('are coming, running or over', () => {
    const silence = {
      id: 's',
      scope: null,
      rule: null,
      member: null,
      labels: {},
      startsAt: NOW,
      endsAt: NOW + 1000,
      reason: 'x',
      by: 'y',
      createdAt: NOW,
      endedAt: null,
      endedBy: null,
    };
    expect([phaseOf(silence, NOW - 1), phaseOf(silence, NOW), phaseOf(silence, NOW + 1000)]).toEqual([
      'coming',
      'running',
      'over',
    ]);
    expect(phaseOf({ ...silence, endedAt: NOW }, NOW)).toBe('over');
  });

  it("until tomorrow 9:00 end at nine in the reader's zone, whatever the hour", () => {
    const end = new Date(silenceEnd('morning', NOW) ?? 0);
    expect([end.getDate(), end.getHours(), end.getMinutes()]).toEqual([21, 9, 0]);
    expect(silenceEnd('4h', NOW)).toBe(NOW + 4 * 3_600_000);
    expect(silenceEnd('date', NOW)).toBeNull();
  });
});

describe('alerts', () => {
  it('stand worst first: firing, then pending; what somebody took after what nobody did', () => {
    const list = [
      alert({ id: 'pending', state: 'pending' }),
      alert({ id: 'taken', acknowledged: taken }),
      alert({ id: 'warning', severity: 'warning' }),
      alert({ id: 'loud' }),
    ];
    expect(list.sort(byUrgency).map(({ id }) => id)).toEqual(['loud', 'taken', 'warning', 'pending']);
  });

  it('that are pending, acknowledged or silenced do not count in the navigation', () => {
    const count = countAlerts([
      alert({ state: 'pending' }),
      alert({ acknowledged: taken }),
      alert({ silencedBy: ['s'] }),
      alert({ state: 'resolved' }),
      alert({ severity: 'warning' }),
    ]);
    expect(count).toEqual({ firing: 3, loud: 1, worst: 'warning' });
  });

  it('say who was told, or why nobody was', () => {
    const answer = { receivers: [receiver], rules: [...DEFAULT_RULES], sender: 'here' as const };
    expect(toldWords(alert({ toldAt: NOW - 1000 }), answer, NOW)).toMatch(/^told mail at 15:29:59$/);
    expect(toldWords(alert({ state: 'pending' }), answer, NOW)).toMatch(/has to last longer/);
    expect(toldWords(alert({ silencedBy: ['s'] }), answer, NOW)).toMatch(/silenced/);
    expect(toldWords(alert({}), { ...answer, receivers: [] }, NOW)).toMatch(/no receiver is configured/);
    expect(toldWords(alert({}), { ...answer, sender: 'nobody' }, NOW)).toMatch(/nobody sends/);
  });
});

describe('receivers', () => {
  it('that were never used are not called ok', () => {
    expect(receiverWords({ ...receiver, state: 'untried', lastOkAt: null }, NOW)).toBe('never used');
  });

  it('that fail say since when they do not work, what waits, and what was given up', () => {
    const failing: ReceiverState = {
      ...receiver,
      state: 'failing',
      lastFailedAt: NOW,
      lastError: 'refused',
      queued: 2,
      oldestQueuedAt: NOW - 600_000,
      nextAttemptAt: NOW + 30_000,
      givenUp: 1,
    };
    expect(receiverWords(failing, NOW)).toMatch(/^failing, last tried at .*, last worked at /);
    expect(queueWords(failing, NOW)).toBe(
      '2 messages waiting, the oldest for 10 min, tried in 30 s; 1 message given up',
    );
    expect(queueWords(receiver, NOW)).toBeNull();
  });
});
