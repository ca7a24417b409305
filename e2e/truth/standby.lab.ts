// A standby cluster through a production Howdah on a real cluster of Patroni 4.1.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { patronictlConfig, patronictlLeader, patronictlList, STANDBY_ARGUMENTS } from '../lab/patronictl';
import { Acting, agrees, expectDone, switchoverTo } from './acting';

describe('a standby cluster on Patroni 4.1', () => {
  let on: Acting;

  beforeAll(async () => {
    on = await Acting.on('patroni41');
  });
  afterAll(() => on?.end());
  beforeEach(() => on.ready());

  it('is made, handed over and promoted again', async () => {
    const restoreCommand = STANDBY_ARGUMENTS[1];
    const demoted = await on.client.act({
      kind: 'demote_cluster',
      host: null,
      port: null,
      restoreCommand,
      primarySlotName: null,
    });
    expectDone(demoted);
    const rows = await patronictlList(on.lab);
    expect(rows.map((row) => row.Role)).toContain('Standby Leader');
    expect((await patronictlConfig(on.lab)).standby_cluster).toEqual({ restore_command: restoreCommand });
    await on.client.until(
      'a standby leader',
      ({ cluster }) => cluster.leader?.known === true && cluster.standbyCluster !== null,
    );
    await on.client.untilHealthy();
    const heir = (await on.lab.replicas())[0] ?? 'n2';
    const moved = await on.client.act(switchoverTo(heir));
    expectDone(moved);
    expect(await patronictlLeader(on.lab)).toBe(heir);
    await on.client.untilHealthy();
    const promoted = await on.client.act({ kind: 'promote_cluster' });
    expectDone(promoted);
    await on.client.untilHealthy();
    await agrees(on.lab, heir);
    expect((await patronictlConfig(on.lab)).standby_cluster).toBeUndefined();
    const written = await on.lab.sql(heir, 'SELECT pg_is_in_recovery() AS standby');
    expect(written[0]?.standby).toBe(false);
  });
});
