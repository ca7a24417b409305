import { describe, expect, it } from 'vitest';
import {
  csvLine,
  exactBytes,
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatSeconds,
  formatTime,
  sentence,
  truncateMiddle,
} from './format';

describe('format', () => {
  it('prints bytes with three significant figures and says unknown', () => {
    expect([0, 584, 1023, 1024, 90112, 21495808, 44345130189, 222298112].map(formatBytes)).toEqual([
      '0 B',
      '584 B',
      '1 KiB',
      '1 KiB',
      '88 KiB',
      '20.5 MiB',
      '41.3 GiB',
      '212 MiB',
    ]);
    expect(formatBytes(null)).toBe('unknown');
    expect(exactBytes(21495808)).toBe('21\u2009495\u2009808 bytes');
    expect(exactBytes(584)).toBeUndefined();
  });

  it('prints intervals in the unit a person would choose', () => {
    expect([0, 0.0016, 0.042, 0.4, 42, 600, 11520, 200000].map(formatSeconds)).toEqual([
      '0 ms',
      '1.6 ms',
      '42 ms',
      '0.4 s',
      '42 s',
      '10 min',
      '3 h 12 min',
      '2 d',
    ]);
    expect(formatSeconds(null)).toBe('unknown');
    expect(formatDuration(3_600_000)).toBe('1 h');
  });

  it('never shows a negative age and keeps tenths while young', () => {
    expect([-50, 400, 9949, 12_000].map(formatAge)).toEqual(['0.0 s', '0.4 s', '9.9 s', '12 s']);
  });

  it('adds the date when the instant is not today', () => {
    const now = new Date(2026, 10, 20, 15).getTime();
    expect(formatTime(new Date(2026, 10, 20, 14, 8, 31).getTime(), now)).toBe('14:08:31');
    expect(formatTime(new Date(2026, 0, 12, 4, 5, 6).getTime(), now)).toBe('12 Jan 04:05:06');
    expect(formatTime(new Date(2025, 0, 12, 4, 5, 6).getTime(), now)).toBe('12 Jan 2025 04:05:06');
  });

  it('groups counts, keeps both ends of names, quotes CSV', () => {
    expect(formatCount(1840)).toBe('1\u2009840');
    expect(truncateMiddle('postgresql-payments-eu-west-1', 12)).toBe('postgr…est-1');
    expect(csvLine(['a,b', 'say "x"', 3, null, '=1+1'])).toBe(`"a,b","say ""x""",3,unknown,'=1+1`);
  });

  it('makes a sentence of a reason, once', () => {
    expect(sentence('nothing is kept of it')).toBe('Nothing is kept of it.');
    expect(sentence('The store is away.')).toBe('The store is away.');
  });
});
