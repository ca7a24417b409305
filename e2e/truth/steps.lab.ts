// The advice, carried out: for each fault the cause that must be said, and then its next steps, done as a person would do them here, until the
// cluster is well or a step said why not. A few faults in `npm test`; HOWDAH_STEPS=all takes every one, HOWDAH_STEPS=a,b those.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CauseCode } from '../../lib/domain/cause/cause';
import type { Snapshot } from '../../lib/domain/cluster';
import { applyFault, type FaultName } from '../lab/faults';
import type { Lab } from '../lab/lab';
import { Acting } from './acting';
import { StepRunner } from './step-runner';

interface Row {
  /** What is said is the cause while it lasts; which of several depends on when one looks. */
  readonly causes: readonly CauseCode[];
  /** What reading Patroni's log must show, and what a person mends then. */
  readonly log?: RegExp;
  readonly mend?: (lab: Lab, member: string) => Promise<void> | void;
  /** What the fault's own set-up leaves: a cause that the steps are not about, and what the lab calls a problem. */
  readonly leaves?: { readonly cause?: CauseCode; readonly problem: RegExp };
}

const PAUSED = { problem: /: paused$/ };
const restore = (lab: Lab, member: string): Promise<void> => lab.reconfigureMember(member);

/** Written from what each fault means. Those that need nobody are not here: `recorded-causes.test.ts` says that they have no cause. */
const ROWS: Readonly<Partial<Record<FaultName, Row>>> = {
  'kill-patroni': { causes: ['patroni_dead'] },
  'stop-patroni': { causes: ['patroni_dead', 'member_lost'] },
  'kill-member': { causes: ['member_silent', 'member_lost'] },
  'postgres-start-fails': { causes: ['postgres_down'], log: /howdah_lab_missing/, mend: restore },
  'stop-postgres': { causes: ['member_silent', 'member_lost'] },
  'stop-etcd': { causes: ['dcs_member_down'] },
  'kill-etcd': { causes: ['dcs_member_down'] },
  'freeze-quorum': { causes: ['dcs_no_quorum'] },
  'kill-quorum': { causes: ['dcs_no_quorum'] },
  'freeze-all-etcd': { causes: ['dcs_unreachable'] },
  'pause-replay': { causes: ['replay_held'], leaves: PAUSED },
  'break-replication': {
    causes: ['standby_cannot_stream'],
    log: /no pg_hba\.conf entry for replication connection .*user "nobody"/,
    mend: restore,
  },
  'remove-member': { causes: ['member_lost'] },
  'hang-rest': { causes: ['patroni_dead'], mend: (lab) => lab.setRestTreatment({}) },
  'forked-replica': { causes: ['standby_forked'], leaves: { problem: /nothing/ } },
  'second-primary': { causes: ['two_primaries'] },
  'second-primary-paused': { causes: ['two_primaries'], leaves: PAUSED },
  'leader-key-without-primary': { causes: ['leader_silent', 'leader_postgres_dead'] },
  'primary-without-leader-key': {
    causes: ['key_lost_primary_works'],
    leaves: { cause: 'not_protected', problem: /nothing/ },
  },
  'no-leader': {
    causes: ['leader_gone_nobody_eligible'],
    leaves: { cause: 'not_protected', problem: /nothing/ },
  },
  nofailover: { causes: ['not_protected'], mend: restore },
  'sync-standby-gone': { causes: ['member_silent', 'member_lost'] },
  'sync-strict-blocked': { causes: ['commits_hang'] },
  lag: {
    causes: ['standby_frozen', 'standby_slow'],
    mend: (lab, member) => lab.thaw(`postgres-${member}`),
  },
  failsafe: { causes: ['dcs_unreachable', 'failsafe_holds'] },
  'etcd-alarm': { causes: ['dcs_refuses_writes'] },
  'archiving-failing': {
    causes: ['archive_failing'],
    mend: (lab) => lab.patchConfig({ postgresql: { parameters: { archive_command: 'true' } } }),
  },
  'system-id-mismatch': { causes: ['wrong_identifier'], leaves: PAUSED },
  'stale-member-key': { causes: ['member_silent', 'member_lost'] },
  'orphan-member-key': { causes: ['member_silent'] },
};

const SHORT: readonly FaultName[] = ['kill-member', 'postgres-start-fails', 'kill-quorum', 'pause-replay'];

const wanted = process.env.HOWDAH_STEPS ?? '';
const chosen: readonly string[] = wanted === '' ? SHORT : wanted === 'all' ? Object.keys(ROWS) : wanted.split(',');
const rows = Object.entries(ROWS).filter(([fault]) => chosen.includes(fault as FaultName)) as [FaultName, Row][];

/** A step that does not help within this time is followed by the next. */
const HELPS_MS = 45_000;
const SEEN_MS = 60_000;
/** Where one cause gives way to the next, its steps are carried out too. */
const STEPS_MAX = 6;

describe('the next steps of a cause, carried out on a real cluster', () => {
  let acting: Acting;

  beforeAll(async () => {
    acting = await Acting.on('patroni41');
  });
  afterAll(() => acting?.end());
  beforeEach(() => acting.ready());

  it.each(rows)('%s: its cause is said, and its steps make the cluster well or say why not', async (fault, row) => {
    const { lab, client } = acting;
    await applyFault(lab, fault);
    const seen = await client.until(
      `one of the causes ${row.causes.join(', ')}`,
      ({ cause }) => cause !== null && row.causes.includes(cause.code),
      SEEN_MS,
    );
    const runner = new StepRunner(acting, { log: row.log ?? null, mend: row.mend ?? null });
    const isWell = async ({ cause }: Snapshot): Promise<boolean> =>
      (cause === null || cause.code === row.leaves?.cause) &&
      (await lab.problems()).every((problem) => row.leaves?.problem.test(problem) === true);
    let snapshot = seen;
    for (let count = 0; count < STEPS_MAX; count += 1) {
      const step = snapshot.cause?.steps.find((one) => !runner.has(one));
      if (step === undefined) break;
      await runner.run(step);
      snapshot = await waitWell(acting, isWell, () => runner.idle);
      if (await isWell(snapshot)) break;
    }
    const told = runner.told.join('\n');
    process.stderr.write(`steps ${fault}:\n${told}\n`);
    expect(runner.told.length, 'something was carried out').toBeGreaterThan(0);
    expect(await isWell(snapshot), `${told}\nstill: ${snapshot.cause?.headline}; ${await lab.problems()}`).toBe(true);
  });
});

/** Until it is well; at once where the step itself was refused or only said what not to do. */
async function waitWell(
  { client }: Acting,
  isWell: (snapshot: Snapshot) => Promise<boolean>,
  idle: () => boolean,
): Promise<Snapshot> {
  const end = Date.now() + (idle() ? 3000 : HELPS_MS);
  for (;;) {
    const snapshot = await client.snapshot();
    if ((await isWell(snapshot)) || Date.now() > end) return snapshot;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
