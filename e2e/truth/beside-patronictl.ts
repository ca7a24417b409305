// Howdah beside patronictl on a real cluster of one generation: the same where patronictl is right, right where it is wrong. A file
// per generation calls it, so that two run at a time.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../lab/environments';
import { applyFault } from '../lab/faults';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { patronictlList } from '../lab/patronictl';
import { healed, labOf } from './labs';
import { Watcher } from './watcher';

/** In the end: patronictl shows what each Patroni wrote in its last loop, Howdah what it answers now. */
function expectSameAsPatronictl(lab: Lab, watcher: Watcher): Promise<unknown> {
  return lab.waitUntil('patronictl to say the same', 60_000, async () => {
    const rows = await patronictlList(lab);
    const listed = watcher.snapshot.cluster.members.filter((member) => member.listed);
    expect(listed.map((member) => member.name).sort()).toEqual(rows.map((row) => row.Member).sort());
    for (const row of rows) {
      const member = watcher.member(row.Member);
      expect(member.clusterRole?.replace('_', ' '), `role of ${row.Member}`).toBe(row.Role.toLowerCase());
      expect(String(member.timeline), `timeline of ${row.Member}`).toBe(String(row.TL));
      if (row['Pending restart'] === '*')
        expect(member.pendingRestart, `pending restart of ${row.Member}`).not.toBeNull();
      if (row.State === 'streaming') expect(member.state).toBe('streaming');
    }
    return true;
  });
}

function standby(lab: Watcher): string {
  const { cluster } = lab.snapshot;
  const name = cluster.members.find((member) => member.name !== cluster.leader?.name)?.name;
  if (name === undefined) throw new Error('no standby');
  return name;
}

/** `traps`: also a paused replay, a pending restart and a fork; what is shown of them differs between the oldest and the newest at most. */
export function besidePatronictl(generation: Generation, { traps }: { readonly traps: boolean }): void {
  describe(`on a real ${generation} cluster`, () => {
    let lab: Lab;
    let watcher: Watcher;

    beforeAll(async () => {
      lab = await labOf(generation);
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

    it('shows the same members, roles and timelines as patronictl, and every standby streaming by two witnesses', async () => {
      await expectSameAsPatronictl(lab, watcher);
      const { members, leader } = watcher.snapshot.cluster;
      for (const member of members.filter((entry) => entry.name !== leader?.name)) {
        expect(member.replication).toMatchObject({ kind: 'streaming', upstream: leader?.name, by: 'walsender' });
        expect(member.lag.replayBytes).not.toBeNull();
        expect(member.stages?.upstream).toBe(leader?.name);
      }
      expect(watcher.snapshot.cluster.writable).toBe(true);
      expect(watcher.snapshot.readiness.failoverPossible).toBe(true);
    });

    it('follows a switchover to its new leader and timeline without ever drawing the cluster as good with a wrong leader', async () => {
      const before = watcher.snapshot.cluster;
      await lab.switchover(standby(watcher));
      await watcher.until('the new leader', () => watcher.snapshot.cluster.leader?.name !== before.leader?.name);
      await watcher.until('the next timeline', () => (watcher.snapshot.cluster.timeline ?? 0) > (before.timeline ?? 0));
      await watcher.untilHealthy();
      await lab.waitHealthy();
      await watcher.until('patronictl to agree', () =>
        watcher.snapshot.cluster.members.every((member) => member.timeline === watcher.snapshot.cluster.timeline),
      );
      await expectSameAsPatronictl(lab, watcher);
      expect(watcher.codes()).not.toContain('multiple_primaries');
      expect(
        watcher.seen.some((snapshot) => snapshot.findings.some((finding) => finding.code === 'replica_diverged')),
      ).toBe(false);
    });

    if (!traps) return;

    it('sees a paused replay with its bytes while patronictl says that it runs', async () => {
      await applyFault(lab, 'pause-replay');
      await watcher.untilFound('replay_paused');
      await lab.writeWal(8);
      const paused = watcher.snapshot.cluster.members.find((member) => member.replayPaused === true);
      expect(paused).toBeDefined();
      await watcher.until(
        'the bytes that are not replayed',
        () => (watcher.member(paused?.name ?? '').lag.replayBytes ?? 0) > 4 * 1024 * 1024,
      );
      expect(watcher.glyph(paused?.name ?? '')).toBe('replay_paused');
      const row = (await patronictlList(lab)).find((entry) => entry.Member === paused?.name);
      expect(row?.State).toMatch(/running|streaming/);
      await healLab(lab);
      await watcher.untilHealthy();
    });

    it('shows a pending restart with parameter, old and new value', async () => {
      await applyFault(lab, 'pending-restart-dcs');
      await watcher.untilFound('pending_restart');
      await watcher.until('old and new value of max_connections', () =>
        watcher.snapshot.cluster.members.some((member) =>
          member.pendingRestart?.parameters.some(
            (change) =>
              change.name === 'max_connections' &&
              change.from !== null &&
              change.to !== null &&
              change.from !== change.to,
          ),
        ),
      );
      await healLab(lab);
      await watcher.until('no pending restart', () => !watcher.codes().includes('pending_restart'));
    });

    it('calls a forked replica forked, refuses it as a candidate, and shows what patronictl claims', async () => {
      await applyFault(lab, 'forked-replica');
      await watcher.untilFound('replica_diverged', 90_000);
      const forked = watcher.snapshot.findings.find((finding) => finding.code === 'replica_diverged')?.members[0] ?? '';
      expect(watcher.glyph(forked)).toBe('forked');
      expect(watcher.member(forked).lag.replayBytes).toBeNull();
      expect(watcher.member(forked).divergence?.pastBytes).toBeGreaterThan(0);
      expect(watcher.snapshot.readiness.candidates.find((candidate) => candidate.member === forked)?.eligible).toBe(
        false,
      );
      const row = (await patronictlList(lab)).find((entry) => entry.Member === forked);
      expect(row?.State).toMatch(/running|streaming|starting/);
      await healLab(lab);
      await watcher.untilHealthy(150_000);
    });
  });
}
