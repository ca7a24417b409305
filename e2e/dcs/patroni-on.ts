// Patroni 4.1 on a real store of any kind, seen and acted on by Howdah, as tests: who leads, a switchover, an edit beside another one,
// a pause. A kind supplies the store of its contract, the section of patroni.yml, and that of howdah.yaml.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionRequest } from '../../lib/domain/actions/action';
import { digestOf } from '../../lib/domain/actions/bound';
import { type DcsKind, dcsName } from '../../lib/domain/dcs-kind';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { ActingHowdah, refusalOf } from '../fake/acting';
import type { Json } from '../lab/config-files';
import type { DcsStore } from './contract';
import { type PatroniCluster, startPatroniCluster } from './patroni-cluster';

export interface PatroniOn {
  readonly kind: DcsKind;
  /** Of the lab whose addresses it takes. */
  readonly lab: string;
  readonly start: () => Promise<DcsStore>;
  /** Section of patroni.yml. */
  readonly patroni: (store: DcsStore) => Json;
  /** Section of a source in howdah.yaml, as one line. */
  readonly howdah: (store: DcsStore) => string;
  /** Why it cannot be run here; null: it can. */
  readonly missing: string | null;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export function patroniOn({ kind, lab, start, patroni, howdah: section, missing }: PatroniOn): void {
  describe(`Patroni on ${dcsName(kind)}`, { retry: 0 }, () => {
    let store: DcsStore;
    let cluster: PatroniCluster;
    let howdah: ActingHowdah;

    beforeAll(async () => {
      if (missing !== null) return;
      store = await start();
      cluster = await startPatroniCluster(lab, patroni(store), say);
      const { username, password } = cluster.rest;
      howdah = await ActingHowdah.open({
        yaml: `sources:
  - name: real
    ${section(store)}
    patroni: { username: ${username}, password: "${password}" }
`,
      });
      await howdah.untilSeen(cluster.scope);
    });
    afterAll(async () => {
      await howdah?.stop();
      await cluster?.stop();
      await store?.stop();
    });

    const seen = () => {
      const found = howdah.snapshot(cluster.scope)?.cluster;
      if (found === undefined) throw new Error('not seen');
      return found;
    };
    const leaderOf = async (): Promise<string | undefined> => {
      const rows = JSON.parse(await cluster.patronictl('list', '-f', 'json')) as { Member: string; Role: string }[];
      return rows.find(({ Role }) => Role === 'Leader')?.Member;
    };
    const editOf = (change: object): ActionRequest => {
      const { config } = seen();
      if (config === null) throw new Error('no configuration');
      return {
        kind: 'edit_config',
        baseRevision: config.revision,
        baseDigest: digestOf(config.value),
        value: { ...config.value, ...change } as JsonObject,
        text: null,
      };
    };
    const claim = (what: string, body: () => Promise<void>): void => {
      test(what, async ({ skip }) => {
        if (missing !== null) skip(missing);
        await body();
      });
    };

    claim('is seen whole and current, with the leader that patronictl names', async () => {
      const { leader, members, dcs, config } = seen();
      expect(leader).toMatchObject({ name: await leaderOf(), known: true, by: 'dcs' });
      expect(members.map(({ name, leased, listed }) => [name, leased, listed])).toEqual([
        ['n1', true, true],
        ['n2', true, true],
        ['n3', true, true],
      ]);
      expect(dcs).toMatchObject({ kind, state: 'fresh', quorum: true, error: null });
      expect(dcs?.endpoints.map(({ state }) => state)).toEqual(['leader']);
      expect(config?.ttlSeconds).toBe(20);
    });

    claim('takes a switchover from Howdah, and is woken by a PATCH', async () => {
      const from = seen().leader?.name;
      const candidate = from === 'n2' ? 'n3' : 'n2';
      const record = await howdah.act(cluster.scope, { kind: 'switchover', candidate, scheduledAt: null });
      expect([record.outcome, record.way, record.wake], String(record.outcomeText)).toEqual(['done', 'dcs', 'patch']);
      expect(await leaderOf()).toBe(candidate);
      expect(seen().leader).toMatchObject({ name: candidate, known: true });
    });

    claim('is paused and resumed', async () => {
      const pause = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
      const paused = await howdah.act(cluster.scope, pause);
      expect([paused.outcome, paused.way], String(paused.outcomeText)).toEqual(['done', 'dcs']);
      expect(await cluster.patronictl('show-config')).toMatch(/^pause: true$/m);
      const resumed = await howdah.act(cluster.scope, { kind: 'resume' });
      expect(resumed.outcome, String(resumed.outcomeText)).toBe('done');
      expect(await cluster.patronictl('show-config')).not.toContain('pause');
    });

    claim('takes an edit, and refuses one whose base patronictl has changed', async () => {
      const edited = await howdah.act(cluster.scope, editOf({ loop_wait: 4 }));
      expect([edited.outcome, edited.way], String(edited.outcomeText)).toEqual(['done', 'dcs']);
      expect(await cluster.patronictl('show-config')).toMatch(/^loop_wait: 4$/m);
      const late = await howdah.order(cluster.scope, editOf({ loop_wait: 3 }));
      await cluster.patronictl('edit-config', '--force', '-s', 'retry_timeout=6');
      const answer = await howdah.start(cluster.scope, late).then(
        (record) => howdah.closed(record),
        (error: unknown) => refusalOf(Promise.reject(error)),
      );
      expect('outcome' in answer ? answer.outcome : 'refused').toBe('refused');
      const shown = await cluster.patronictl('show-config');
      expect(shown).toMatch(/^loop_wait: 4$/m);
      expect(shown).toMatch(/^retry_timeout: 6$/m);
      await howdah.until('the edit of patronictl', () => seen().config?.value.retry_timeout === 6);
    });
  });
}
