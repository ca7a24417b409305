// A round of chaos by a fixed seed on a real cluster, and the checker's judgement. `npm run chaos` does the same for as long as it is told.
import { beforeAll, describe, expect, it } from 'vitest';
import { chaos } from '../chaos/run';
import type { Lab } from '../lab/lab';
import { labOf } from './labs';

const SEED = 10;
const ROUNDS = 1;

describe('chaos', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await labOf();
  });

  it('does nothing twice, loses no row, and nothing that viewers are told is false', {
    timeout: 900_000,
    retry: 0,
  }, async () => {
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    const { falsehoods, checked, faults } = await chaos(lab, { seed: SEED, minutes: 10, rounds: ROUNDS, say });
    expect(falsehoods).toEqual([]);
    expect(faults).toBeGreaterThan(0);
    expect(checked).toMatchObject({
      leader: expect.any(Number),
      writable: expect.any(Number),
      rows: expect.any(Number),
    });
  });
});
