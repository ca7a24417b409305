// Orders that must be refused, through a production Howdah on a real cluster: each with its reason, and with /failover as it was.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRequest } from '../../lib/domain/actions/action';
import { applyFault, type FaultName } from '../lab/faults';
import { Acting, agrees, switchoverTo } from './acting';

describe('refused, with /failover as it was', () => {
  let on: Acting;

  beforeAll(async () => {
    on = await Acting.on();
  });
  afterAll(() => on?.end());
  beforeEach(() => on.ready());

  const TRAPS: readonly (readonly [
    what: string,
    fault: FaultName,
    request: (hit: string) => ActionRequest,
    why: RegExp,
  ])[] = [
    ['a candidate that runs and does not stream', 'break-replication', switchoverTo, /does not stream|not streaming/i],
    ['a candidate tagged nofailover', 'nofailover', switchoverTo, /nofailover/],
    ['a candidate whose lag is over the limit', 'lag', switchoverTo, /maximum_lag_on_failover|behind/],
    ['nobody named while paused', 'pause', () => switchoverTo(null), /pause/i],
    ['etcd without a quorum', 'freeze-quorum', switchoverTo, /quorum|etcd/],
  ];

  it.each(TRAPS)('%s', async (_, fault, request, why) => {
    const hit = await on.replica(1);
    const before = await on.failoverRevision();
    const leader = await on.lab.mustLeader();
    try {
      await applyFault(on.lab, fault, fault === 'break-replication' || fault === 'lag' ? hit : undefined);
      if (fault === 'freeze-quorum')
        await on.client.until(
          'the quorum to be missed',
          ({ cluster }) => cluster.dcs?.state !== 'fresh' || cluster.dcs.quorum === false,
        );
      const refused = await on.client.refused(await on.client.order(request(hit)));
      expect(refused.body.code).toBe('refused');
      expect(refused.why).toMatch(why);
    } finally {
      await on.heal();
    }
    expect([await on.failoverRevision(), await on.lab.mustLeader()]).toEqual([before, leader]);
  });

  it('in synchronous mode one that is no sync standby', async () => {
    await applyFault(on.lab, 'sync');
    const sync = JSON.parse((await on.lab.etcd.get(`${on.lab.prefix}sync`))?.value ?? '{}') as {
      sync_standby?: string;
    };
    const other = (await on.lab.replicas()).find((name) => name !== sync.sync_standby) ?? 'n3';
    await on.client.until(
      'the sync standby to be seen',
      ({ cluster }) => cluster.sync?.standbys[0] === sync.sync_standby,
    );
    const before = await on.failoverRevision();
    const refused = await on.client.refused(await on.client.order(switchoverTo(other)));
    expect(refused.why).toMatch(/sync/);
    expect(await on.failoverRevision()).toBe(before);
    await on.heal();
  });

  it('a candidate frozen between the preflight and the order', async () => {
    const hit = await on.replica(0);
    const before = await on.failoverRevision();
    const order = await on.client.order(switchoverTo(hit));
    on.lab.freezeMember(hit);
    const refused = await on.client.refused(order).finally(() => on.lab.thawMember(hit));
    expect(refused.why).toContain(`${hit} has not answered since the click`);
    expect(await on.failoverRevision()).toBe(before);
    await on.heal();
  });

  it('the leader changed since, by patronictl', async () => {
    const [old, heir, other] = [await on.lab.mustLeader(), await on.replica(0), await on.replica(1)];
    const order = await on.client.order(switchoverTo(other));
    const { code, stdout } = await on.lab.patronictl(
      ['switchover', 'demo', '--master', old, '--candidate', heir, '--force'],
      60_000,
    );
    expect(code, stdout).toBe(0);
    await on.client.until(`${heir} to lead`, ({ cluster }) => cluster.leader?.name === heir);
    const refused = await on.client.refused(order);
    expect(refused.why).toContain(`the leader was ${old}, now it is ${heir}`);
    await on.heal();
    await agrees(on.lab, heir);
  });

  it('the configuration changed since, by patronictl', async () => {
    const order = await on.client.order(switchoverTo(await on.replica(0)));
    const { code, stderr } = await on.lab.patronictl([
      'edit-config',
      'demo',
      '--force',
      '-s',
      'maximum_lag_on_failover=2097152',
    ]);
    expect(code, stderr).toBe(0);
    await on.client.until('the change', ({ cluster }) => cluster.config?.value.maximum_lag_on_failover === 2097152);
    const before = await on.failoverRevision();
    const refused = await on.client.refused(order);
    expect(refused.why).toMatch(/the configuration was at revision/);
    expect(await on.failoverRevision()).toBe(before);
    await on.heal();
  });

  it('the journal of all this verifies, and nothing is open', { retry: 0 }, () => on.expectWholeJournal());
});
