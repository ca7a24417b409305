// A lab with a production Howdah on it that is asked over its API, as its browser does: what the files about actions share.
import { expect } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import { verifyJournal } from '../../lib/server/audit/verify';
import { type Howdah, startHowdahOn } from '../browser/howdah';
import type { Generation } from '../lab/environments';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { patronictlLeader, patronictlList } from '../lab/patronictl';
import { ActionClient, inWords } from './action-client';
import { healed, labOf } from './labs';

export const switchoverTo = (candidate: string | null): ActionRequest => ({
  kind: 'switchover',
  candidate,
  scheduledAt: null,
});

export function expectDone(record: ActionRecord): void {
  expect(record.outcome, inWords(record)).toBe('done');
}

/** In the end patronictl shows this leader, one timeline and nothing that waits; it reads what each Patroni wrote a loop ago. */
export async function agrees(lab: Lab, leader: string): Promise<void> {
  await lab.waitHealthy();
  await lab.waitUntil('patronictl to agree', 60_000, async () => {
    expect(await patronictlLeader(lab)).toBe(leader);
    const rows = await patronictlList(lab);
    expect(new Set(rows.map((row) => String(row.TL))).size, JSON.stringify(rows)).toBe(1);
    expect(rows.map((row) => row['Pending restart'] ?? '').join(''), JSON.stringify(rows)).toBe('');
    return true;
  });
}

export class Acting {
  private constructor(
    readonly lab: Lab,
    readonly howdah: Howdah,
    readonly client: ActionClient,
  ) {}

  static async on(generation: Generation = 'distro'): Promise<Acting> {
    const lab = await labOf(generation);
    const howdah = await startHowdahOn(lab);
    const acting = new Acting(lab, howdah, new ActionClient(howdah.url));
    await acting.client.untilHealthy();
    return acting;
  }

  async end(): Promise<void> {
    await this.howdah.stop();
  }

  /** For beforeEach. */
  async ready(): Promise<void> {
    await healed(this.lab);
    await this.client.untilHealthy(120_000);
  }

  async heal(): Promise<void> {
    await healLab(this.lab);
    await this.client.untilHealthy(120_000);
  }

  async replica(index = 0): Promise<string> {
    return (await this.lab.replicas())[index] ?? 'n2';
  }

  async failoverRevision(): Promise<string> {
    return (await this.lab.etcd.get(`${this.lab.prefix}failover`))?.modRevision ?? '0';
  }

  /** The last of a file's tests. */
  async expectWholeJournal(): Promise<void> {
    const verified = await verifyJournal(this.howdah.dataDir);
    expect([verified.ok, verified.problems]).toEqual([true, []]);
    expect((await this.client.audit()).rows.filter(({ phase }) => phase === 'open')).toEqual([]);
  }
}
