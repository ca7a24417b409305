import { describe, expect, it } from 'vitest';
import type { Care, CareFinding, CareMember } from '../care/care';
import { type CareHistory, happened } from '../care/care-events';
import type { AlertRule } from './alert';
import { careReport } from './care-report';
import { emptyScope, observeScope } from './engine';
import { DEFAULT_RULES } from './rules';

const NOW = 1_800_000_000_000;
const finding = (
  code: CareFinding['code'],
  members: readonly string[],
  severity: CareFinding['severity'] = 'warning',
) => ({ code, severity, title: code, members, evidence: [{ label: 'e2', text: '300 ms' }], advice: 'Do it.' }) as const;
const member = (key: string, answers: boolean | null): CareMember =>
  ({ key, name: `name-${key}`, answers }) as CareMember;
const seen = (findings: readonly CareFinding[], members = [member('a', true), member('b', true)], at = NOW) => ({
  source: 'main',
  labels: { tier: 'prod' },
  care: { at, members } as unknown as Care,
  findings: happened(null, findings, at).standing,
  intervalMs: 30_000,
});
const keys = (rules: readonly AlertRule[], found: readonly CareFinding[]) =>
  careReport(rules, seen(found)).conditions.map(({ rule, key, severity }) => [rule, key, severity]);

describe('what is told of a DCS', () => {
  it('is each warning once, with the path of its page as the scope, and what the clusters tell themselves is left to them', () => {
    const all = [
      finding('slow_disk', ['b']),
      finding('even', [], 'note'),
      finding('alarm', ['a'], 'critical'),
      finding('no_quorum', ['a'], 'critical'),
    ];
    const { scope, labels, conditions } = careReport(DEFAULT_RULES, seen(all));
    expect([scope, labels]).toEqual(['/dcs/main', { tier: 'prod' }]);
    expect(conditions).toMatchObject([
      { rule: 'dcs', scope: '/dcs/main', key: 'dcs:slow_disk', member: 'name-b', severity: 'warning', since: NOW },
    ]);
    expect(conditions[0]?.evidence.map(String)).toEqual(['e2: 300 ms']);
  });

  it('goes by rules of labels and scopes, the first that matches, and never by a rule about clusters', () => {
    const rule = (part: Partial<AlertRule>): AlertRule => ({
      ...{ name: 'own', severity: null, forSeconds: 0, clearSeconds: 0, scopes: null, labels: {}, receivers: null },
      test: { kind: 'dcs', codes: [], atLeast: null },
      ...part,
    });
    const found = [finding('even', [], 'note')];
    expect(keys([rule({ severity: 'critical' }), rule({ name: 'later' })], found)).toEqual([
      ['own', 'dcs:even', 'critical'],
    ]);
    expect(keys([rule({ labels: { tier: 'test' } })], found)).toEqual([]);
    expect(keys([rule({ scopes: ['/dcs/other'] })], found)).toEqual([]);
    expect(keys([rule({ scopes: ['/dcs/m*'] })], found)).toHaveLength(1);
    expect(keys([rule({ test: { kind: 'finding', codes: [], atLeast: null } })], found)).toEqual([]);
  });

  it('ends when it is gone, and not because the member whose disk is slow is silent now', () => {
    const rules = new Map(DEFAULT_RULES.map((rule) => [rule.name, rule]));
    const slow = [finding('slow_disk', ['b'])];
    const run = (looks: readonly (readonly [readonly CareFinding[], boolean])[]) => {
      let state = emptyScope('/dcs/main');
      for (const [index, [found, answers]] of looks.entries()) {
        const members = [member('a', true), member('b', answers)];
        state = observeScope(state, careReport(DEFAULT_RULES, seen(found, members, NOW + index * 30_000)), rules);
      }
      return state.tracked.map(({ alert }) => alert.state);
    };
    const begins = [
      [slow, true],
      [slow, true],
      [slow, true],
    ] as const;
    expect(run(begins.slice(0, 2))).toEqual(['pending']);
    expect(run(begins)).toEqual(['firing']);
    expect(run([...begins, [[], true], [[], true], [[], true]])).toEqual(['resolved']);
    expect(run([...begins, [[], false], [[], false], [[], false], [[], false]])).toEqual(['firing']);
  });

  it('that nobody of it answers ends nothing but says itself', () => {
    const { unseen } = careReport(DEFAULT_RULES, seen([], [member('a', false), member('b', null)]));
    expect(unseen.numbers).toContain('dcs:size');
    expect(unseen.numbers).not.toContain('dcs:no_quorum');
    expect(careReport(DEFAULT_RULES, seen([], [member('a', true), member('b', null)])).unseen.numbers).toEqual([]);
  });
});

describe('what happened to a DCS', () => {
  it('keeps since when a finding stands, and says what began and what ended, newest first, not what is there at the first look', () => {
    const slow = finding('slow_disk', ['b']);
    const size = finding('size', ['a']);
    let history: CareHistory | null = null;
    for (const [at, found] of [
      [1, [slow]],
      [2, [slow, size]],
      [3, [size]],
      [4, [size]],
    ] as const)
      history = happened(history, found, at);
    expect(history?.standing.map(({ code, since }) => [code, since])).toEqual([['size', 2]]);
    expect(history?.events.map(({ at, kind, code }) => [at, kind, code])).toEqual([
      [3, 'cleared', 'slow_disk'],
      [2, 'raised', 'size'],
    ]);
  });
});
