// A member that was there is remembered over restarts, until a person takes it out.
import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { RosterKeeper, type Rosters } from './roster-keeper';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const S = '7710406339524702777';
const sight = (at: number, names: readonly string[], systemIdentifier: string | null = S) => ({
  ...{ systemIdentifier, at },
  listed: names.map((name) => ({ name, apiUrl: `http://${name}:8008`, host: name, port: 5432 })),
});

describe.each<[string, string | null]>([
  ['SQLite', null],
  ...(POSTGRES === null ? [] : [['PostgreSQL', POSTGRES] satisfies [string, string]]),
])('rosters in %s', (_, url) => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  const open = async (folder: string, isFirst = false) => {
    const store: Store = testStore(folder, url);
    let told: Rosters = {};
    const keeper = new RosterKeeper({ store, now: Date.now, tell: (rosters) => (told = rosters) });
    const early = told;
    await untilReady(store);
    if (isFirst) await store.query('DELETE FROM roster_member');
    await keeper.sync();
    const end = async (): Promise<void> => {
      await keeper.stop();
      await store.close();
    };
    ends.push(end);
    const names = (scope: string): string[] | null =>
      told === null ? null : (told[scope] ?? []).map(({ name }) => name).sort();
    return { keeper, names, early, end };
  };

  it('a lost member is there after a restart, with when it was last listed; before the store has spoken nothing is claimed', async () => {
    const folder = testFolder('roster');
    const one = await open(folder, true);
    expect(one.early).toBeNull();
    one.keeper.saw('demo', sight(1000, ['n1', 'n2', 'n3']));
    one.keeper.saw('demo', sight(2000, ['n1', 'n2']));
    await one.end();
    const two = await open(folder);
    expect(two.names('demo')).toEqual(['n1', 'n2', 'n3']);
    two.keeper.saw('demo', sight(3000, ['n1', 'n2']));
    expect(two.names('demo')).toEqual(['n1', 'n2', 'n3']);
  });

  it('what was seen before the store could be read counts when it can', async () => {
    const folder = testFolder('roster');
    const one = await open(folder, true);
    one.keeper.saw('demo', sight(1000, ['n1', 'n2']));
    await one.end();
    const store = testStore(folder, url);
    let told: Rosters = null;
    const keeper = new RosterKeeper({ store, now: Date.now, tell: (rosters) => (told = rosters) });
    keeper.saw('demo', sight(2000, ['n1']));
    await expect.poll(() => told?.demo?.map(({ name }) => name).sort(), { timeout: 20_000 }).toEqual(['n1', 'n2']);
    await keeper.stop();
    await store.close();
  });

  it('a person takes a lost member out, for good; one that is there, one that nobody knows, and a cluster that is there cannot be', async () => {
    const folder = testFolder('roster');
    const one = await open(folder, true);
    one.keeper.saw('demo', sight(1000, ['n1', 'n2', 'n3']));
    one.keeper.saw('demo', sight(2000, ['n1', 'n2']));
    await one.keeper.sync();
    await expect(one.keeper.takeOut('demo', 'n1')).rejects.toThrow(/member/);
    await expect(one.keeper.takeOut('demo', 'n9')).rejects.toThrow(/not remembered/);
    await expect(one.keeper.takeOut('demo', null)).rejects.toThrow(/member/);
    await one.keeper.takeOut('demo', 'n3');
    expect(one.names('demo')).toEqual(['n1', 'n2']);
    await one.end();
    const two = await open(folder);
    expect(two.names('demo')).toEqual(['n1', 'n2']);
    two.keeper.saw('demo', sight(3000, [], null));
    await two.keeper.takeOut('demo', null);
    expect(two.names('demo')).toEqual([]);
    await two.end();
    expect((await open(folder)).names('demo')).toEqual([]);
  });

  it('a cluster that was made anew is not haunted by the one before', async () => {
    const folder = testFolder('roster');
    const { keeper, names } = await open(folder, true);
    keeper.saw('demo', sight(1000, ['n1', 'n2', 'n3']));
    keeper.saw('demo', sight(2000, [], null));
    expect(names('demo')).toEqual(['n1', 'n2', 'n3']);
    keeper.saw('demo', sight(3000, ['n1'], '7710406339524709999'));
    expect(names('demo')).toEqual(['n1']);
  });
});
