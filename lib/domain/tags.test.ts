// Expectations are Python's: bool() of the value, parse_int of the text (patroni/tags.py, patroni/utils.py v4.1.5).
import { describe, expect, it } from 'vitest';
import { isSince } from './patroni-version';
import { failoverPriority, isNofailover, isNostream, isNosync } from './tags';
import { patroniInt, pythonInt, scalars } from './wire/loose';

const tagged = (value: unknown, patroniVersion: string | null = '4.1.5') => ({ tags: scalars(value), patroniVersion });

describe('tags', () => {
  it.each([
    ['no', true],
    ['false', true],
    ['0', true],
    [' ', true],
    ['', false],
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    [null, false],
    [[], false],
    [[0], true],
    [{}, false],
  ])('nofailover %j is %s in every release', (nofailover, expected) => {
    for (const version of ['3.0.2', '3.3.11', '4.0.10', '4.1.5', null])
      expect(isNofailover(tagged({ nofailover }, version))).toBe(expected);
  });

  it.each([
    [{ failover_priority: 0 }, true],
    [{ failover_priority: '0' }, true],
    [{ failover_priority: -1 }, true],
    [{ failover_priority: '0x0' }, true],
    [{ failover_priority: 0.4 }, true],
    [{ failover_priority: 'none' }, false],
    [{ failover_priority: 5 }, false],
    [{ nofailover: false, failover_priority: 0 }, false],
    [{ nofailover: '', failover_priority: 0 }, false],
    [{ nofailover: null, failover_priority: 0 }, true],
    [{ nofailover: 'no', failover_priority: 5 }, true],
  ])('%j bars since 3.2.0: %s, and only the boolean does before', (tags, expected) => {
    expect(isNofailover(tagged(tags))).toBe(expected);
    expect(isNofailover(tagged(tags, '3.1.2'))).toBe('nofailover' in tags && tags.nofailover === 'no');
  });

  it('nosync has a priority since 4.1.0 only', () => {
    expect(isNosync(tagged({ sync_priority: 0 }))).toBe(true);
    expect(isNosync(tagged({ sync_priority: 0 }, '4.0.10'))).toBe(false);
    expect(isNosync(tagged({ nosync: 'off' }, '3.0.2'))).toBe(true);
  });

  it('nostream alone is read as a setting is, since 3.3.0', () => {
    expect(isNostream(tagged({ nostream: 'no' }))).toBe(false);
    expect(isNostream(tagged({ nostream: 'on' }))).toBe(true);
    expect(isNostream(tagged({ nostream: true }, '3.2.2'))).toBe(false);
  });

  it('a priority orders where it is known', () => {
    expect(failoverPriority(tagged({}))).toBe(1);
    expect(failoverPriority(tagged({ failover_priority: '7' }))).toBe(7);
    expect(failoverPriority(tagged({ failover_priority: 7 }, '3.0.2'))).toBe(1);
    expect(failoverPriority(tagged({ failover_priority: 7, nofailover: 'no' }))).toBe(0);
  });
});

describe('numbers', () => {
  it.each([
    ['10', 10, 10],
    [' 10 ', 10, 10],
    ['0x10', 16, null],
    ['010', 8, 10],
    ['1.5', 2, null],
    [1.5, 2, 1],
    ['1MB', null, null],
    ['abc', null, null],
    ['', null, null],
    [null, null, null],
    [true, null, 1],
    [-3, -3, -3],
    ['1_000', null, 1000],
    ['9007199254740993', null, null],
  ])('%j is %s for parse_int and %s for int()', (value, parsed, int) => {
    expect(patroniInt(value)).toBe(parsed);
    expect(pythonInt(value)).toBe(int);
  });
});

describe('a release', () => {
  it.each([
    ['3.0.4', true],
    ['3.0.3', false],
    ['3.1', true],
    ['4.1.0rc1', true],
    ['nonsense', null],
    [null, null],
  ])('%s is at least 3.0.4: %s', (version, expected) => {
    expect(isSince(version, 3, 0, 4)).toBe(expected);
  });
});
