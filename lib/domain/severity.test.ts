import { expect, it } from 'vitest';
import { ALERT_SEVERITIES, bySeverity, HEALTHS, SEVERITIES, worse, worstOf } from './severity';

it('unknown is worse than a warning and never as bad as what is known to be critical', () => {
  expect(worse('warning', 'unknown')).toBe('unknown');
  expect(worse('unknown', 'warning')).toBe('unknown');
  expect(worse('unknown', 'critical')).toBe('critical');
});

it('sorts worst first, and what is well last', () => {
  expect((['ok', 'note', 'unknown', 'critical', 'warning'] as const).toSorted(bySeverity)).toEqual([...HEALTHS]);
});

it('the worst of many is found wherever it stands; of none there is none', () => {
  expect(worstOf(['note', 'critical', 'warning'])).toBe('critical');
  expect(worstOf([])).toBeUndefined();
});

it('an alert has no severity in another order than a finding', () => {
  expect([...ALERT_SEVERITIES].sort(bySeverity)).toEqual([...ALERT_SEVERITIES]);
  expect(SEVERITIES.filter((one) => one !== 'unknown')).toEqual([...ALERT_SEVERITIES]);
});
