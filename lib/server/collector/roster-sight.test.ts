import { expect, it } from 'vitest';
import { steady } from '../../domain/testkit';
import { sightOf } from './roster-sight';

const [n1, n2] = [{ name: 'n1' }, { name: 'n2' }] as const;
const dead = { name: 'n3', rest: 'refused', sql: 'refused' } as const;
const namesOf = (...members: Parameters<typeof steady>[0]['members'][number][]): readonly string[] | undefined =>
  sightOf(steady({ members }))?.listed.map(({ name }) => name);

it('a key of nobody is no member: deleted, as advised, it is not missed', () => {
  expect(namesOf(n1, n2, { ...dead, leased: false })).toEqual(['n1', 'n2']);
});

it('a member that is silent is one, by its lease or by an answer of before', () => {
  expect(namesOf(n1, n2, { ...dead, leased: true })).toEqual(['n1', 'n2', 'n3']);
  expect(namesOf(n1, n2, { ...dead, rest: 'lost', sql: 'lost', leased: false })).toEqual(['n1', 'n2', 'n3']);
});
