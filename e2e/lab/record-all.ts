// Records every scenario of the core's test data from real clusters: `npx tsx e2e/lab/record-all.ts [name ...]`, where a
// name is a generation, a scenario, or nothing for all. Each scenario starts from a healthy cluster and is healed after it.

import { bringUp } from './bring-up';
import { sleep } from './deadline';
import { GENERATIONS, type Generation, type Say } from './environments';
import { applyFault, FAULTS, type FaultName } from './faults';
import { healLab } from './heal';
import type { Lab } from './lab';
import type { Shape } from './layout';
import { LabRecorder } from './record';

interface Row {
  readonly scenario: string;
  readonly title: string;
  /** The fault, or a few words of our own steps. */
  readonly fault: FaultName | null;
  readonly cause: (lab: Lab) => Promise<void>;
  /** Between cause and the first frame: long enough for timeouts to show. */
  readonly settleSeconds: number;
  readonly gapSeconds: number;
}

interface Batch {
  readonly generation: Generation;
  readonly shape: Shape;
  readonly rows: readonly Row[];
}

/** Faults whose meaning needs longer to show than a few rounds of the collector. */
const SETTLE: Partial<Record<FaultName, number>> = {
  'kill-patroni': 5,
  'stop-patroni': 6,
  'stop-postgres': 8,
  'freeze-quorum': 14,
  'kill-quorum': 14,
  'freeze-all-etcd': 14,
  'stop-etcd': 6,
  failsafe: 5,
  'kill-member': 5,
  'break-replication': 10,
  'second-primary': 5,
  'leader-key-without-primary': 8,
  'primary-without-leader-key': 6,
  'slow-rest': 5,
  'hang-rest': 8,
  'slot-retains': 35,
  'pending-restart-alter-system': 35,
  'archiving-failing': 35,
  'kill-postgres': 0,
};

const faultRow = (generation: Generation, fault: FaultName): Row => ({
  scenario: `${generation}-${fault}`,
  title: FAULTS[fault].about,
  fault,
  cause: (lab) => applyFault(lab, fault),
  settleSeconds: SETTLE[fault] ?? 3,
  gapSeconds: 3,
});

const step = (
  generation: Generation,
  name: string,
  title: string,
  cause: (lab: Lab) => Promise<void>,
  timing: { settleSeconds?: number; gapSeconds?: number } = {},
): Row => ({
  scenario: `${generation}-${name}`,
  title,
  fault: null,
  cause,
  settleSeconds: timing.settleSeconds ?? 3,
  gapSeconds: timing.gapSeconds ?? 3,
});

/** What must raise no alarm, recorded from the same clusters. */
function nearMisses(generation: Generation): Row[] {
  return [
    step(generation, 'healthy', 'a healthy cluster under a steady write load', async () => undefined),
    step(
      generation,
      'idle',
      'a healthy cluster that nobody has written to for a while',
      async (lab) => lab.setLoad(false),
      { settleSeconds: 15 },
    ),
    step(
      generation,
      'just-switched-over',
      'a moment after a switchover: the member keys are older than the roles',
      async (lab) => {
        await lab.switchover();
      },
      { settleSeconds: 0, gapSeconds: 5 },
    ),
    step(
      generation,
      'short-leader-gap',
      'the leader stopped in good order a moment ago: no leader key, for less than the ttl',
      async (lab) => {
        const leader = await lab.mustLeader();
        for (const name of await lab.replicas()) {
          await lab.reconfigureMember(name, (config) => Object.assign(config, { tags: { nofailover: true } }));
        }
        await sleep(4000);
        await lab.endPart(`patroni-${leader}`, 30_000);
        await lab.waitUntil('the leader key to go', 15_000, async () => (await lab.leader()) === null);
      },
      { settleSeconds: 0.5, gapSeconds: 2 },
    ),
    step(
      generation,
      'idle-slot',
      'a slot that nobody reads and that holds next to nothing',
      async (lab) => {
        await lab.sql(await lab.mustLeader(), "SELECT pg_create_physical_replication_slot('lab_idle', true)");
      },
      { settleSeconds: 35 },
    ),
  ];
}

const ALWAYS: readonly FaultName[] = [
  'forked-replica',
  'pause-replay',
  'no-leader',
  'second-primary',
  'second-primary-paused',
  'leader-key-without-primary',
  'primary-without-leader-key',
  'kill-patroni',
  'stop-patroni',
  'break-replication',
  'pending-restart-dcs',
  'sync',
  'sync-standby-gone',
  'lag',
  'freeze-quorum',
  'failsafe',
  'slot-retains',
];

const SINGLE = (Object.keys(FAULTS) as FaultName[]).filter((fault) => fault !== 'cascade-upstream-gone');

function batches(): Batch[] {
  const demo = (generation: Generation, faults: readonly FaultName[]): Batch => ({
    generation,
    shape: 'demo',
    rows: [...nearMisses(generation), ...faults.map((fault) => faultRow(generation, fault))],
  });
  const behind = step(
    'patroni41',
    'timeline-behind',
    'a standby that could not connect through a switchover: on the old timeline, but not past its end',
    async (lab) => {
      const [target = '', other = ''] = await lab.replicas();
      await applyFault(lab, 'break-replication', other);
      await sleep(4000);
      await lab.switchover(target);
      await sleep(16_000);
    },
    { gapSeconds: 8 },
  );
  const quorum = step(
    'patroni40',
    'quorum-commit',
    'quorum commit (4.0), healthy: two quorum standbys',
    async (lab) => {
      await lab.patchConfig({ synchronous_mode: 'quorum' });
      await sleep(8000);
    },
  );
  return [
    demo('distro', SINGLE),
    demo('patroni41', [
      ...ALWAYS,
      'version-mismatch',
      'remove-member',
      'archiving-failing',
      'clock-skew',
      'watchdog',
      'kill-member',
    ]),
    { generation: 'patroni41', shape: 'demo', rows: [behind] },
    demo('trixie', [...ALWAYS, 'stop-etcd', 'etcd-alarm', 'freeze-all-etcd']),
    {
      generation: 'patroni40',
      shape: 'demo',
      rows: [...nearMisses('patroni40').slice(0, 1), quorum, faultRow('patroni40', 'forked-replica')],
    },
    {
      generation: 'distro',
      shape: 'cascade',
      rows: [
        step('distro', 'cascade-healthy', 'a healthy cluster of four: n4 replicates from n2', async () => undefined),
        faultRow('distro', 'cascade-upstream-gone'),
      ],
    },
    {
      generation: 'distro',
      shape: 'thirty',
      rows: [
        step(
          'distro',
          'thirty',
          'thirty members, 25 of them stand-ins without a PostgreSQL: SQL to those is refused',
          async () => undefined,
        ),
      ],
    },
  ];
}

const started = Date.now();
const say: Say = (text) => {
  process.stderr.write(`[record ${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s] ${text}\n`);
};

async function recordRow(lab: Lab, row: Row): Promise<void> {
  const recorder = await LabRecorder.start(lab);
  try {
    await row.cause(lab);
    await sleep(row.settleSeconds * 1000);
    await recorder.record({ scenario: row.scenario, title: row.title, fault: row.fault, gapSeconds: row.gapSeconds });
  } finally {
    await recorder.stop();
  }
}

async function recordBatch(batch: Batch, failures: string[]): Promise<number> {
  let recorded = 0;
  const name = `record-${batch.generation}-${batch.shape}`;
  const lab = await bringUp({ generation: batch.generation, shape: batch.shape, name, say });
  try {
    for (const row of batch.rows) {
      say(`scenario ${row.scenario}`);
      try {
        await recordRow(lab, row);
        recorded += 1;
      } catch (error) {
        failures.push(`${row.scenario}: ${error instanceof Error ? error.message : String(error)}`);
      }
      await healLab(lab);
      if (row.scenario.endsWith('-idle')) await lab.setLoad(true);
    }
  } finally {
    await lab.down({ purge: true });
  }
  return recorded;
}

async function main(wanted: readonly string[]): Promise<number> {
  const failures: string[] = [];
  let recorded = 0;
  for (const batch of batches()) {
    const whole =
      wanted.length === 0 || wanted.includes(batch.generation) || wanted.includes(`${batch.generation}/${batch.shape}`);
    const rows = whole ? batch.rows : batch.rows.filter((row) => wanted.includes(row.scenario));
    if (rows.length > 0) recorded += await recordBatch({ ...batch, rows }, failures);
  }
  for (const failure of failures) say(`FAILED ${failure}`);
  say(`${recorded} recorded, ${failures.length} failed`);
  if (recorded === 0) say(`known: ${GENERATIONS.join(', ')}, GENERATION/SHAPE, or the name of a scenario`);
  return failures.length === 0 && recorded > 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
