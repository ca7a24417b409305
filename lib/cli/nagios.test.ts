import { describe, expect, it } from 'vitest';
import { breaks, bytesOf, printed, range, worstStatus } from './nagios';

describe('a range', () => {
  it.each([
    // [range, values that are well, values that alert]
    ['10', [0, 5, 10], [-1, 11]],
    ['10:', [10, 99], [9, -1]],
    ['~:10', [-99, 10], [11]],
    ['10:20', [10, 15, 20], [9, 21]],
    ['@10:20', [9, 21], [10, 15, 20]],
    ['1.5:', [1.5, 2], [1]],
    [':3', [0, 3], [4]],
  ])('%s alerts where the plugin guidelines say so', (text, well, alerts) => {
    const limits = range(text, '--warning');
    expect(well.filter((value) => breaks(value, limits))).toEqual([]);
    expect(alerts.filter((value) => !breaks(value, limits))).toEqual([]);
  });

  it.each(['', '@', 'two', '5:3', '1:2:3', '10 :', '--', '~'])('"%s" is none', (text) => {
    expect(() => range(text, '--warning')).toThrow(/expected --warning as a range/);
  });
});

it('a size is counted by 1024', () => {
  expect(['5', '5B', '5kB', '16MB', '1.5GB', '1 TB'].map((text) => bytesOf(text, '--max-lag'))).toEqual([
    ...[5, 5, 5120, 16 * 1024 ** 2, 1.5 * 1024 ** 3, 1024 ** 4],
  ]);
  for (const wrong of ['', 'MB', '-5', '5XB', '5 MB '])
    expect(() => bytesOf(wrong, '--max-lag')).toThrow(/such as 16MB/);
});

it('what is not known is worse than a warning and no proof of the worst', () => {
  expect(worstStatus(['OK', 'UNKNOWN', 'WARNING'])).toBe('UNKNOWN');
  expect(worstStatus(['UNKNOWN', 'CRITICAL'])).toBe('CRITICAL');
  expect(worstStatus([])).toBe('OK');
});

it('a name with a bar or a line break begins no performance data', () => {
  const critical = range('2:', '--critical');
  const metrics = [
    { name: "a|b'=c", value: 1, critical },
    { name: 'two words', value: 7, unit: 'B' as const },
  ];
  const text = printed('health', { status: 'OK', text: 'x | y=9\nz', more: ['one|two'], metrics });
  expect(text).toBe("HEALTH OK - x   y=9 z | a_b__c=1;;2: 'two words'=7B\none two");
});
