import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLsn, lagBytes, maxLsn, parseLsn } from './lsn';

const lsn = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('an LSN', () => {
  it('is printed as PostgreSQL prints it and read back as the same byte offset', () => {
    expect(formatLsn(0x16_b374d848)).toBe('16/B374D848');
    fc.assert(fc.property(lsn, (value) => parseLsn(formatLsn(value)) === value));
  });

  it('is read in either case and with blanks around it', () => {
    expect(parseLsn(' 0/400c5d0\n')).toBe(0x0400_c5d0);
  });

  it('is unknown for 0/0, which PostgreSQL prints for an invalid position', () => {
    expect(parseLsn('0/0')).toBeNull();
  });

  it('is unknown, never wrong, for anything that is not an LSN', () => {
    const foreign = [
      '',
      '/',
      '0/',
      '/1',
      '1/2/3',
      '-1/2',
      '0x1/2',
      '123456789/0',
      '0/123456789',
      'g/0',
      '1 /2',
      'NaN',
      5,
      -1,
    ];
    for (const value of [...foreign, null, undefined, {}, [], true, Number.NaN]) expect(parseLsn(value)).toBeNull();
    expect(parseLsn('FFFFFFFF/FFFFFFFF')).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseLsn(value);
        expect(parsed === null || (Number.isSafeInteger(parsed) && parsed > 0)).toBe(true);
      }),
    );
  });

  it('orders as its text would over the 4 GiB boundary', () => {
    expect(lagBytes(parseLsn('1/0'), parseLsn('0/FFFFFFFF'))).toBe(1);
  });
});

describe('lag', () => {
  it('is never negative and is unknown when either end is', () => {
    fc.assert(
      fc.property(fc.option(lsn), fc.option(lsn), (ahead, behind) => {
        const lag = lagBytes(ahead, behind);
        if (ahead === null || behind === null) expect(lag).toBeNull();
        else expect(lag).toBe(Math.max(0, ahead - behind));
      }),
    );
  });

  it('takes the greatest of the known positions, null when none is known', () => {
    expect(maxLsn(null, null)).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.option(lsn), { minLength: 1 }), (values) => {
        const known = values.filter((value) => value !== null);
        expect(maxLsn(...values)).toBe(known.length === 0 ? null : Math.max(...known));
      }),
    );
  });
});
