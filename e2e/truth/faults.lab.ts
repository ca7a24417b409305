// Howdah on the distribution's cluster while things break: it says what is unknown, never draws it as good, and heals without
// a restart. The same Watcher lives through all of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FindingCode } from '../../lib/domain/cluster';
import { applyFault, type FaultName } from '../lab/faults';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { healed, labOf } from './labs';
import { Watcher } from './watcher';

/** Each fault and what Howdah must say of it. */
const EXPECTED: readonly (readonly [FaultName, FindingCode])[] = [
  ['kill-member', 'member_unreachable'],
  ['stop-patroni', 'member_unreachable'],
  ['hang-rest', 'member_unreachable'],
  ['break-replication', 'replica_not_streaming'],
  ['stop-etcd', 'dcs_endpoint_down'],
  ['second-primary', 'multiple_primaries'],
  ['leader-key-without-primary', 'leader_key_without_primary'],
  ['sync-strict-blocked', 'sync_standby_missing'],
  ['scheduled-switchover', 'scheduled_switchover'],
  ['pending-restart-alter-system', 'pending_restart'],
  ['etcd-alarm', 'dcs_alarm'],
];

describe('while things break on a real cluster', () => {
  let lab: Lab;
  let watcher: Watcher;

  beforeAll(async () => {
    lab = await labOf();
    watcher = new Watcher(lab);
    await watcher.untilHealthy();
  });

  afterAll(async () => {
    await watcher?.stop();
  });
  beforeEach(async () => {
    await healed(lab);
    await watcher.untilHealthy(120_000);
  });

  it.each(EXPECTED)('%s is found as %s and heals without a restart of Howdah', async (fault, code) => {
    await applyFault(lab, fault);
    await watcher.untilFound(code, 90_000);
    expect(watcher.snapshot.health).not.toBe('ok');
    await healLab(lab);
    await watcher.until(`${code} to be over`, () => !watcher.codes().includes(code), 120_000);
    await watcher.untilHealthy(120_000);
  });

  it('etcd frozen: every member stays on the screen, who leads is unknown, nothing is drawn as good, and all heals', async () => {
    const names = watcher.snapshot.cluster.members.map((member) => member.name);
    await applyFault(lab, 'freeze-all-etcd');
    await watcher.untilFound('dcs_unreachable', 90_000);
    expect(watcher.snapshot.cluster.members.map((member) => member.name)).toEqual(names);
    expect(watcher.snapshot.cluster.leader?.known).toBe(false);
    expect(['unknown', 'critical']).toContain(watcher.snapshot.health);
    expect(watcher.snapshot.readiness.failoverPossible).not.toBe(true);
    await healLab(lab);
    await watcher.untilHealthy(120_000);
  });

  it('one member frozen: the others stay current in every round', async () => {
    await applyFault(lab, 'stop-patroni');
    await watcher.untilFound('member_unreachable', 90_000);
    const frozen = watcher.snapshot.findings.find((finding) => finding.code === 'member_unreachable')?.members[0];
    const others = watcher.snapshot.cluster.members.filter((member) => member.name !== frozen);
    const start = watcher.snapshot;
    const readings = (name: string): number =>
      new Set(
        watcher.seen
          .slice(watcher.seen.lastIndexOf(start))
          .map((snapshot) => snapshot.cluster.members.find((member) => member.name === name)?.observedAt),
      ).size;
    await watcher.until('the others to be read again and again', () => others.every(({ name }) => readings(name) >= 4));
    expect(watcher.codes(), `${frozen} is frozen all the while`).toContain('member_unreachable');
    await healLab(lab);
    await watcher.untilHealthy(120_000);
  });

  it('without a DCS of ours it finds the same cluster over REST alone, and says who leads', async () => {
    const seed = lab.restUrl(lab.members[0]?.name ?? 'n1');
    const rest = new Watcher(lab, ['--patroni', seed]);
    try {
      await rest.until(
        'three members and a leader over REST',
        () => rest.snapshot.cluster.members.length === 3 && rest.snapshot.cluster.leader?.known === true,
      );
      await rest.until('every standby streaming by the walsenders that /patroni shows', () =>
        rest.snapshot.cluster.members.every(
          (member) => member.replication.kind === 'leader' || member.replication.kind === 'streaming',
        ),
      );
      expect(rest.snapshot.cluster.dcs).toBeNull();
      expect(rest.snapshot.cluster.config?.by).toBe('rest');
      expect(rest.snapshot.health).toBe('ok');
    } finally {
      await rest.stop();
    }
  });

  it("the user's own patronictl file is enough to find and show the cluster", async () => {
    const file = new Watcher(lab, ['--patronictl', lab.howdahYaml.replace(/howdah\.yaml$/, 'patronictl.yml')]);
    try {
      await file.until('a healthy cluster', () => file.snapshot.health === 'ok', 90_000);
      expect(file.snapshot.sources.find((source) => source.source === 'sql')?.configured).toBe(false);
    } finally {
      await file.stop();
    }
  });
});
