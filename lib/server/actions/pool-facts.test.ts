// What a preflight learns of PgBouncers: by their consoles, and by going the way of each database.
import { describe, expect, it } from 'vitest';
import { pgbouncer } from '../../domain/entries/test-doors';
import { steady } from '../../domain/testkit';
import type { ProbeStatus } from '../../domain/wire/entry-probe';
import { readPoolFacts } from './pool-facts';
import type { ClusterReach, PoolReach } from './reach';
import { FakePgbouncer } from './test-pools';

const snapshot = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const { systemIdentifier, timeline } = snapshot.cluster;
const leader: ProbeStatus = {
  ...{ isPrimary: true, startedAt: 1, systemIdentifier, serverAddress: null, timeline, name: null },
};

function ask(pool: FakePgbouncer, ways: Readonly<Record<string, ProbeStatus | null>>, more: Partial<PoolReach> = {}) {
  const asked: string[] = [];
  const reach = {
    ...{ source: { name: 'main', postgres: {} }, dcs: null, dcsScope: 'demo' },
    pools: [{ entry: 'pool', replicas: [], console: pool.console, ...more }],
  } as unknown as ClusterReach;
  const facts = readPoolFacts(snapshot, reach, {
    whoAnswers: async (_source, _entry, target) => {
      asked.push(target);
      return ways[target] ?? null;
    },
  });
  return { facts, asked };
}
const pools = (databases: Parameters<typeof pgbouncer>[0], config: Readonly<Record<string, string>> = {}) => {
  const pool = new FakePgbouncer();
  pool.answer = pgbouncer(databases, '1.18.0', config);
  return pool;
};

describe('the facts of a PgBouncer', () => {
  it('are its databases that lead to the leader, each way asked once', async () => {
    const pool = pools({
      app: {},
      shop: {},
      ro: { port: 5001 },
      other: { host: '10.9.9.9' },
      lost: { port: 5009 },
      off: { disabled: true },
    });
    const replica = { ...leader, isPrimary: false };
    const foreign = { ...leader, systemIdentifier: '1' };
    const { facts, asked } = ask(pool, {
      '10.0.0.9:5000': leader,
      '10.0.0.9:5001': replica,
      '10.9.9.9:5000': foreign,
    });
    expect((await facts).map(({ database, obstacle }) => [database, obstacle === null])).toEqual([
      ['app', true],
      ['shop', true],
      ['lost', false],
    ]);
    expect(asked.sort()).toEqual(['10.0.0.9:5000', '10.0.0.9:5001', '10.0.0.9:5009', '10.9.9.9:5000']);
    expect((await facts)[0]).toMatchObject({ target: '10.0.0.9:5000', loginRetrySeconds: 1, waitLimitSeconds: 120 });
  });

  it('leave out what is for replicas by the settings', async () => {
    const { facts } = ask(pools({ app: {}, ro: {} }), { '10.0.0.9:5000': leader }, { replicas: ['ro'] });
    expect((await facts).map(({ database }) => database)).toEqual(['app']);
  });

  it('say of the whole why nothing of it can be paused', async () => {
    const why = async (pool: FakePgbouncer, more: Partial<PoolReach> = {}) =>
      String((await ask(pool, {}, more).facts)[0]?.obstacle);
    expect(await why(pools({}), { console: null })).toContain('no `admin:`');
    const down = pools({});
    down.down = 'refused';
    expect(await why(down)).toContain('its console');
  });

  it('ask no more than sixteen ways', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, { port: 6000 + index }]));
    const { facts, asked } = ask(pools(many), {});
    expect(await facts).toHaveLength(40);
    expect(asked).toHaveLength(16);
  });
});
