// The list of revisions over a store and an etcd that forget: what was shown once is shown again.
import { describe, expect, it } from 'vitest';
import type { ConfigRevision } from '../../contract/actions';
import type { ActionRecord } from '../../domain/actions/action';
import { steady } from '../../domain/testkit';
import type { JsonObject } from '../../domain/wire/loose';
import type { AuditIndex, SeenRevision } from '../audit/audit-index';
import type { Reach } from './reach';
import { Revisions } from './revisions';

const snapshot = steady({ members: [{ name: 'n1' }] });
const { scope } = snapshot;
const TEXT = '# by hand\nttl: 40\n';
const edit = {
  id: 'a1',
  scope,
  revision: '9',
  sentAt: 900,
  actor: 'anna',
  reason: 'slow disks',
  request: { kind: 'edit_config', baseRevision: '8', baseDigest: null, value: { ttl: 40 }, text: TEXT },
} as unknown as ActionRecord;

class Rows {
  rows: ConfigRevision[] = [];
  away = false;
  async saveRevision({ scope: _scope, ...row }: SeenRevision): Promise<void> {
    if (this.away) throw new Error('away');
    const old = this.rows.find((one) => one.revision === row.revision);
    const next = { actor: row.actionId === null ? null : 'anna', reason: null, ...old, ...row };
    this.rows = [...this.rows.filter((one) => one !== old), { ...next, text: row.text ?? old?.text ?? null }];
  }
  async revisions(): Promise<readonly ConfigRevision[]> {
    if (this.away) throw new Error('away');
    return this.rows;
  }
}

function listing(rows: Rows, past: () => readonly { readonly revision: string; readonly value: JsonObject }[]) {
  const dcs = { past: async () => past().map(({ revision, value }) => ({ revision, value: JSON.stringify(value) })) };
  const reach = { of: () => ({ dcs, dcsScope: scope }) } as unknown as Reach;
  const revisions = new Revisions(rows as unknown as AuditIndex, reach);
  const list = async (actions: readonly ActionRecord[]) => {
    const answer = await revisions.list(snapshot, actions);
    return answer.revisions.map(({ revision, value, text, actor }) => ({ revision, value, text, actor }));
  };
  return { revisions, list };
}

describe('a revision', () => {
  const both = () => [
    { revision: '9', value: { ttl: 40 } },
    { revision: '8', value: { ttl: 30 } },
  ];
  const first = [
    { revision: '9', value: { ttl: 40 }, text: TEXT, actor: 'anna' },
    { revision: '8', value: { ttl: 30 }, text: null, actor: null },
  ];

  it('keeps its text and its author when its action has left the page of actions', async () => {
    const rows = new Rows();
    const { list, revisions } = listing(rows, both);
    await revisions.saw({ scope, revision: '9', value: { ttl: 40 }, at: 901 });
    expect(await list([edit])).toEqual(first);
    expect(await list([])).toEqual(first);
    // Another process, after a restart: from the store alone.
    expect(await listing(rows, () => []).list([])).toEqual([first[0]]);
  });

  it('that is the present one is there where neither DCS nor store has a past', async () => {
    const { config } = snapshot.cluster;
    const { list } = listing(new Rows(), () => []);
    expect(await list([])).toEqual([{ revision: config?.revision, value: config?.value, text: null, actor: null }]);
  });

  it('keeps them while the store is away', async () => {
    const rows = new Rows();
    const { list } = listing(rows, both);
    await list([edit]);
    rows.away = true;
    expect(await list([])).toEqual(first);
  });

  it('of a DCS that was restored is another one under the same number: nothing of the old one is told of it', async () => {
    const rows = new Rows();
    let past = both();
    const { list } = listing(rows, () => past);
    await list([edit]);
    past = [{ revision: '9', value: { ttl: 99 } }];
    for (const actions of [[], [edit]])
      expect(await list(actions)).toEqual([{ revision: '9', value: { ttl: 99 }, text: null, actor: null }]);
  });
});
