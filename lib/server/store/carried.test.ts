// Rows of an older store taken over: each once, and none that would belong to nobody.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { carriedInsert, carriedTables } from './sqlite';
import type { Store } from './store';
import { testFolder, testStore, untilReady } from './test-store';

let store: Store;
beforeAll(async () => {
  store = testStore(testFolder('carried'));
  await untilReady(store);
});
afterAll(() => store.close());

const tableOf = (name: string) => {
  const found = carriedTables().find(({ table }) => table === name);
  if (found === undefined) throw new Error(`${name} is not carried`);
  return found;
};
/** A value that the column takes; `own` says those that matter. */
const rowOf = (name: string, own: Readonly<Record<string, unknown>>): unknown[] =>
  tableOf(name).columns.map((column) => {
    if (column.name in own) return own[column.name];
    if (column.type === 'boolean') return false;
    if (column.type.startsWith('json')) return '{}';
    return ['bigint', 'integer', 'smallint'].includes(column.type) ? 1 : `x${column.name}`;
  });
const carry = (name: string, ...rows: readonly unknown[][]): Promise<unknown> =>
  store.together(rows.map((params) => ({ sql: carriedInsert(name, tableOf(name).columns), params })));
const count = async (table: string): Promise<number> => {
  const [row] = await store.query(`SELECT count(*) AS n FROM ${table}`);
  return Number(row?.n);
};

it('takes every kind of row with a statement that the store understands', () => {
  for (const { table, columns } of carriedTables()) expect(carriedInsert(table, columns)).toContain(`INTO ${table} `);
  expect(carriedTables().length).toBeGreaterThan(5);
});

it('leaves out what belongs to an account that is not here, and takes the rest; a second time changes nothing', async () => {
  const [session] = carriedTables().filter(({ columns }) => columns.some(({ name }) => name === 'user_id'));
  if (session === undefined) throw new Error('no table belongs to accounts');
  const user = (id: string, name: string): unknown[] => rowOf('access_user', { id, name });
  await carry('access_user', user('u1', 'anna'));
  // The same name, as the new Howdah's own first account has it.
  await carry('access_user', user('u2', 'anna'));
  expect(await count('access_user')).toBe(1);
  const of = (id: string, owner: string): unknown[] => rowOf(session.table, { id, user_id: owner });
  for (let twice = 0; twice < 2; twice += 1) {
    await carry(session.table, of('s1', 'u1'), of('s2', 'u2'));
    expect(await count(session.table)).toBe(1);
  }
});
