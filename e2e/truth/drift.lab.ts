// Members that are not alike, on a real cluster: ALTER SYSTEM on one replica, a local value in the patroni.yml of the other, a value of the
// dynamic configuration that does not hold because of it. Seen by the route of the page, and gone again when they are.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriftAnswer } from '../../lib/contract/drift';
import { memberConfigFile } from '../lab/config-files';
import { SCOPE } from '../lab/layout';
import { Acting } from './acting';
import { inWords } from './action-client';

const DEADLINE_MS = 120_000;
const LOCAL = 'maintenance_work_mem';

describe('members that are not alike', () => {
  let on: Acting;

  beforeAll(async () => {
    on = await Acting.on();
    await on.ready();
  });
  afterAll(async () => {
    await on?.heal();
    await on?.end();
  });

  const drift = async (): Promise<DriftAnswer> => {
    const { status, body } = await on.client.ask(`/api/clusters/${SCOPE}/drift?fresh=1`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body as DriftAnswer;
  };
  const seen = async (test: (answer: DriftAnswer) => boolean): Promise<DriftAnswer> => {
    let last: DriftAnswer | null = null;
    await on.lab.waitUntil('the drift to be as expected', DEADLINE_MS, async () => {
      last = await drift();
      return test(last);
    });
    if (last === null) throw new Error('no answer');
    return last;
  };
  const differing = ({ settings }: DriftAnswer): readonly string[] => settings?.differing.map(({ name }) => name) ?? [];

  it('a healthy cluster is alike, and each statement is answered and measured', async () => {
    const answer = await seen(({ members }) => members.every(({ at }) => at !== null));
    expect(differing(answer)).toEqual([]);
    expect(answer.differences).toEqual([]);
    expect(answer.settings?.expected.map(({ name }) => name)).toContain('listen_addresses');
    const costs = answer.members.flatMap((member) => member.costs);
    expect(costs.filter(({ statement }) => statement !== 'hba').map(({ problem }) => problem)).toEqual(
      costs.filter(({ statement }) => statement !== 'hba').map(() => null),
    );
    for (const { statement, tookMs } of costs) process.stderr.write(`drift: ${statement} ${tookMs} ms\n`);
  });

  it('names what ALTER SYSTEM and patroni.yml set on one member each, and is quiet when they are gone', async () => {
    const [first, second] = [await on.replica(0), await on.replica(1)];
    const file = memberConfigFile(on.lab.layout, second);
    const before = readFileSync(file, 'utf8');
    const apply = async (member: string): Promise<void> => {
      await on.lab.sql(member, 'SELECT pg_reload_conf()');
      await on.lab.rest(member, 'POST', '/reload');
    };
    try {
      await on.lab.sql(first, "ALTER SYSTEM SET log_min_duration_statement = '7s'");
      writeFileSync(file, before.replace(new RegExp(`^( *${LOCAL}:).*$`, 'm'), '$1 24MB'));
      await apply(first);
      await apply(second);
      const record = await on.client.act(
        await on.client.edit((value) => ({
          ...value,
          postgresql: {
            ...(value.postgresql as object),
            parameters: { ...(value.postgresql as { parameters: object }).parameters, [LOCAL]: '32MB' },
          },
        })),
      );
      // Each member of the lab has a value of its own in its patroni.yml: it is stored, and takes effect nowhere.
      expect(record.outcome, inWords(record)).toBe('done_differently');
      const answer = await seen((one) => differing(one).length === 2 && (one.settings?.overrides.length ?? 0) > 0);
      const byName = new Map(answer.settings?.differing.map((row) => [row.name, row]));
      expect(byName.get('log_min_duration_statement')).toMatchObject({ odd: [first] });
      expect(byName.get('log_min_duration_statement')?.repairs).toMatchObject([
        { member: first, command: 'ALTER SYSTEM RESET log_min_duration_statement;' },
      ]);
      const own = byName.get('log_min_duration_statement')?.values.find(({ member }) => member === first);
      expect(own).toMatchObject({ shown: '7s', origin: 'alter_system', file: 'postgresql.auto.conf' });
      expect(byName.get(LOCAL)).toMatchObject({ odd: [second], configured: '32MB' });
      const override = answer.settings?.overrides.find(({ name, member }) => name === LOCAL && member === second);
      expect(override).toMatchObject({ configured: '32MB', value: { shown: '24MB', origin: 'patroni' } });
    } finally {
      writeFileSync(file, before);
      await on.lab.sql(first, 'ALTER SYSTEM RESET log_min_duration_statement');
      await apply(first);
      await apply(second);
      await on.heal();
    }
    await seen((one) => differing(one).length === 0 && one.settings?.overrides.length === 0);
  });
});
