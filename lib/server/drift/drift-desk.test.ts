import { describe, expect, it } from 'vitest';
import type { DriftStatement } from '../../domain/drift/facts';
import { steady } from '../../domain/testkit';
import { say } from '../../language/sentence';
import { loadGood, yaml } from '../config/test-load';
import { driftAnswer, fleetDriftAnswer } from './answer';
import { type DriftDeps, DriftDesk } from './drift-desk';

const FILE = `sources:
  - name: test
    patroni: {hosts: ['http://127.0.0.1:8008']}
    postgres: {username: howdah, password: x}
drift:
  profiles:
    - {name: prod, scopes: [demo], synchronousMode: true, settings: {jit: off}}
`;
const SECRET = 'hunter2-Secret';

function house(spec: { readonly file?: string; readonly tookMs?: number; readonly stranger?: true } = {}) {
  const config = loadGood(yaml(spec.file ?? FILE));
  const made = steady({
    members: [{ name: 'n1' }, { name: 'n2' }],
    config: { postgresql: { parameters: { work_mem: '4MB' } } },
  });
  const members = made.cluster.members.map((one) =>
    spec.stranger && one.name === 'n2' ? { ...one, identity: { ...one.identity, sql: 'n9 answers there' } } : one,
  );
  const snapshot = { ...made, scope: 'demo', source: 'test', cluster: { ...made.cluster, members } };
  let at = 1_000_000;
  const asked: { host: string; wanted: readonly DriftStatement[]; names: readonly string[] }[] = [];
  const command = (host: string) => [
    'archive_command',
    `push --token=${SECRET} ${host}`,
    `push --token=${SECRET} ${host}`,
    'string',
    null,
    '',
    'configuration file',
    '/e/postgresql.conf',
    1,
    false,
  ];
  const read: DriftDeps['read'] = async ({ host }, wanted, names) => {
    asked.push({ host, wanted, names });
    return {
      ...{ ok: true, at, tookMs: 5 },
      value: {
        answers: { settings: [command(host)], catalog: { checksums: 'on', databases: [] } },
        costs: wanted.map((statement) => ({ statement, tookMs: spec.tookMs ?? 3, problem: null, denied: false })),
      },
    };
  };
  const desk = new DriftDesk({ config, newest: async () => snapshot, scopes: () => ['demo'], read, now: () => at });
  const pass = (ms: number): void => {
    at += ms;
  };
  return { desk, asked, pass, config };
}
const gate = (may: boolean) => ({ why: () => (may ? null : say`no`) });

describe('the desk of drift', () => {
  it('asks each member once for all who look, and again only after its pace', async () => {
    const { desk, asked, pass } = house();
    await Promise.all([desk.answer('demo', false), desk.answer('demo', true)]);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.names).toEqual(['jit']);
    pass(14_000);
    await desk.answer('demo', true);
    expect(asked).toHaveLength(2);
    pass(2000);
    await desk.answer('demo', false);
    expect(asked).toHaveLength(2);
    await desk.answer('demo', true);
    expect(asked).toHaveLength(4);
  });

  it('gives a command to nobody whole, and to a viewer not at all', async () => {
    const { desk } = house();
    const viewer = await driftAnswer({ drift: desk }, 'demo', false, gate(false));
    expect(viewer.settings?.differing.map(({ name }) => name)).toEqual(['archive_command']);
    expect(JSON.stringify(viewer)).not.toMatch(new RegExp(`${SECRET}|push`));
    expect(viewer.settings?.differing[0]?.values[0]).toMatchObject({ shown: null, hidden: true });
    const operator = await driftAnswer({ drift: desk }, 'demo', false, gate(true));
    expect(JSON.stringify(operator)).toContain('push --token=');
    expect(JSON.stringify(operator)).not.toContain(SECRET);
  });

  it('leaves a statement out at a member that it hurt twice, and says so', async () => {
    const { desk, asked, pass } = house({ tookMs: 900 });
    for (let turn = 0; turn < 3; turn += 1) {
      await desk.answer('demo', true);
      pass(20_000);
    }
    expect(asked.at(-1)?.wanted).toEqual([]);
    expect(desk.known('demo')?.members[0]?.costs.map(({ off }) => off)).toEqual([true, true, true, true]);
  });

  it('judges by the profile that fits, and shows all clusters only to whoever sees them', async () => {
    const { desk, config } = house();
    const feed = {
      rows: () => [
        { scope: 'demo', labels: {} },
        { scope: 'other', labels: {} },
      ],
    };
    const runtime = { drift: desk, feed, config } as unknown as Parameters<typeof fleetDriftAnswer>[0];
    expect(fleetDriftAnswer(runtime, () => true).clusters.map(({ at }) => at)).toEqual([null, null]);
    await desk.answer('demo', false);
    const [first] = fleetDriftAnswer(runtime, () => true).clusters;
    expect(first).toMatchObject({ scope: 'demo', profile: 'prod', differing: 1, unread: 0 });
    expect(first?.deviations.map(({ rule, verdict }) => `${rule} ${verdict}`)).toContain('synchronous_mode deviates');
    expect(fleetDriftAnswer(runtime, (scope) => scope === 'other').clusters.map(({ scope }) => scope)).toEqual([
      'other',
    ]);
  });

  it('does not ask where another one answers, and says so', async () => {
    const { desk, asked } = house({ stranger: true });
    const { members } = await desk.answer('demo', false);
    expect(asked).toHaveLength(1);
    expect(members.map(({ problem }) => problem && String(problem))).toEqual([null, 'n9 answers there']);
  });

  it('says why nothing is compared without an SQL role', async () => {
    const { desk, asked } = house({ file: FILE.replace(/ {4}postgres:.*\n/, '') });
    const look = await desk.answer('demo', false);
    expect(asked).toEqual([]);
    expect(look.settings).toBeNull();
    expect(look.members.map(({ problem }) => String(problem))).toEqual([
      'no SQL role is configured',
      'no SQL role is configured',
    ]);
  });
});
