// What vanishes is news, and stays so until it is back or somebody says that it is gone for good.
import { describe, expect, it } from 'vitest';
import { nextRoster, type RosterEntry } from './roster';

const S = '7710406339524702777';
const at = (name: string, port = 5432) => ({
  ...{ name, apiUrl: `http://${name}:8008`, host: name, port },
});
const seen = (before: readonly RosterEntry[], time: number, names: string[], system: string | null = S) =>
  nextRoster(before, { systemIdentifier: system, listed: names.map((name) => at(name)), at: time });
const names = (roster: readonly RosterEntry[]): string[] => roster.map(({ name }) => name).sort();
const three = seen([], 1, ['n1', 'n2', 'n3']);

describe('a member that leaves the list', () => {
  it('stays, however long it is away and however often the list is seen', () => {
    let roster = three;
    for (let time = 2; time < 50; time += 1) roster = seen(roster, time * 86_400_000, ['n1', 'n2']);
    expect(names(roster)).toEqual(['n1', 'n2', 'n3']);
    expect(roster.find(({ name }) => name === 'n3')?.listedAt).toBe(1);
  });

  it('is the same one when it is back', () => {
    const back = seen(seen(three, 2, ['n1', 'n2']), 3, ['n1', 'n2', 'n3']);
    expect(back.find(({ name }) => name === 'n3')).toMatchObject({ firstAt: 1, listedAt: 3 });
    expect(back).toHaveLength(3);
  });

  it('stays when the last one leaves too: then the keys are gone, not the cluster', () => {
    expect(names(seen(three, 2, []))).toEqual(['n1', 'n2', 'n3']);
  });
});

describe('not lost is', () => {
  it('a node that goes by another name at the same addresses', () => {
    const renamed = nextRoster(three, {
      ...{ systemIdentifier: S, at: 2 },
      listed: [at('n1'), at('n2'), { ...at('n3'), name: 'pg-alpha' }],
    });
    expect(names(renamed)).toEqual(['n1', 'n2', 'pg-alpha']);
  });

  it('a pod that comes back under a new name and address, also where it happened while nobody looked', () => {
    expect(names(seen(three, 2, ['n1', 'n2', 'x9']))).toEqual(['n1', 'n2', 'x9']);
    expect(names(seen(seen(three, 2, ['n1', 'n2']), 3, ['n1', 'n2', 'x9']))).toEqual(['n1', 'n2', 'x9']);
  });

  it('whoever was in a cluster that was made anew', () => {
    expect(names(seen(three, 2, ['m1'], '7710406339524709999'))).toEqual(['m1']);
  });
});

it('one newcomer takes the place of one: two lost and one new are still one lost, at every later sight', () => {
  let roster = seen(seen(three, 2, ['n1', 'n2']), 3, ['n1']);
  roster = seen(roster, 4, ['n1', 'x9']);
  expect(names(roster)).toEqual(['n1', 'n2', 'x9']);
  expect(names(seen(roster, 5, ['n1', 'x9']))).toEqual(['n1', 'n2', 'x9']);
});

it('a cluster that grows and then loses one has lost one', () => {
  const four = seen(three, 2, ['n1', 'n2', 'n3', 'n4']);
  expect(names(seen(four, 3, ['n1', 'n2', 'n3']))).toEqual(['n1', 'n2', 'n3', 'n4']);
});

it('members behind one balancer, with one REST address and PostgreSQL of their own, are each one', () => {
  const behind = (name: string, host: string) => ({ name, apiUrl: 'http://lb:8008', host, port: 5432 });
  const two = nextRoster([], { systemIdentifier: S, at: 1, listed: [behind('n1', 'h1'), behind('n2', 'h2')] });
  expect(names(nextRoster(two, { systemIdentifier: S, at: 2, listed: [behind('n1', 'h1')] }))).toEqual(['n1', 'n2']);
});
