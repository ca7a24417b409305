// Howdah ended by SIGKILL in the middle of its actions on a real cluster: none is done twice, none stays open, the chain holds.
// `npm run bench -- crash` does the same fifty times.
import { beforeAll, describe, expect, it } from 'vitest';
import { crashRounds } from '../bench/bench-crash';
import type { Lab } from '../lab/lab';
import { labOf } from './labs';

const ROUNDS = 6;

describe('Howdah killed in the middle of an action', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await labOf();
  });

  it('closes each once, repeats none, and keeps its journal whole', { timeout: 900_000, retry: 0 }, async () => {
    const { rounds, wrong, entries } = await crashRounds(lab, { rounds: ROUNDS });
    expect(rounds.flatMap((round) => round.wrong.map((text) => `${round.kind}: ${text}`))).toEqual([]);
    expect(wrong).toEqual([]);
    expect(rounds).toHaveLength(ROUNDS);
    expect(entries).toBeGreaterThan(0);
  });
});
