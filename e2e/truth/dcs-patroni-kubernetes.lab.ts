// Howdah on a real Patroni that keeps itself in Kubernetes, in each of its two stores: what it sees, and what it does.
import { afterEach, describe, expect, test } from 'vitest';
import type { ActionRecord } from '../../lib/domain/actions/action';
import type { Store } from '../../lib/io/dcs/kubernetes/objects';
import { KubernetesPatroni, SCOPE } from '../dcs/kubernetes-patroni';
import { ActingHowdah } from '../fake/acting';
import { prepareToolbox } from '../lab/environments';
import { builtKubeApiserver } from '../lab/kube-apiserver/build';
import { KubeApiserver } from '../lab/kube-apiserver/process';
import { planLayout } from '../lab/layout';

const program = builtKubeApiserver();
const MISSING = 'Kubernetes was not run: its API server is built with Go, which is not here';
const READ = { apiGroups: [''], resources: ['pods', 'endpoints', 'configmaps'], verbs: ['get', 'list', 'watch'] };
const LONG_MS = 180_000;
const releases: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

/** The roles of docs/kubernetes.md. */
function acting(store: Store): readonly unknown[] {
  const names = ['failover', 'config'].map((part) => `${SCOPE}-${part}`);
  return [
    READ,
    { apiGroups: [''], resources: [store], resourceNames: names, verbs: ['patch'] },
    { apiGroups: [''], resources: [store], verbs: ['create'] },
  ];
}

const told = ({ outcomeText, steps, seen }: ActionRecord): string => JSON.stringify([outcomeText, steps, seen]);

describe.each(['configmaps', 'endpoints'] as const)('Patroni in %s', { retry: 0 }, (store) => {
  test('is seen, switched over, paused, resumed and edited; a killed leader is gone when its lock has expired', async ({
    skip,
  }) => {
    if (program === null) return skip(MISSING);
    const toolbox = await prepareToolbox('patroni41', () => undefined, '/var/tmp/howdah-kube');
    const server = await KubeApiserver.start(program, ['howdah']);
    releases.push(() => server.stop());
    const namespace = 'db';
    const { prefix } = planLayout(`kube-${store}`, 'demo');
    const cluster = await KubernetesPatroni.start({ server, store, toolbox, namespace, prefix });
    releases.push(() => cluster.stop());
    await server.grant(namespace, 'howdah', acting(store));
    const kubeconfig = server.kubeconfig(server.account('howdah'), namespace);
    const howdah = await ActingHowdah.open({
      yaml: 'sources: [{ name: kube, kubernetes: { kubeconfig: /kubeconfig } }]',
      files: { '/kubeconfig': kubeconfig },
    });
    releases.push(() => howdah.stop());

    await howdah.until('both members to be seen', () => howdah.snapshot(SCOPE) !== null, LONG_MS);
    const seen = (): string | null => {
      const now = howdah.snapshot(SCOPE)?.cluster;
      // A replica streams before its Patroni has said that it runs, and until then it is no candidate.
      const streams = now?.members.filter(
        ({ silent, state, replication: { kind } }) =>
          !silent && (state === 'running' || state === 'streaming') && (kind === 'leader' || kind === 'streaming'),
      );
      return now?.leader?.known === true && streams?.length === 2 ? now.leader.name : null;
    };
    await howdah.until('a leader with a replica', () => seen() !== null, LONG_MS);
    const first = seen() ?? '';
    const other = cluster.members.find((name) => name !== first) ?? '';
    const { dcs } = howdah.snapshot(SCOPE)?.cluster ?? {};
    expect(dcs).toMatchObject({ kind: 'kubernetes', namespace, state: 'fresh', quorum: true, error: null });
    expect(dcs?.leaderLease?.grantedSeconds).toBe(20);
    expect(howdah.snapshot(SCOPE)?.findings.filter(({ severity }) => severity === 'critical')).toEqual([]);

    const switchover = await howdah.act(SCOPE, { kind: 'switchover', candidate: other, scheduledAt: null });
    expect(switchover, told(switchover)).toMatchObject({ outcome: 'done', way: 'dcs' });
    await howdah.until('the new leader with a replica', () => seen() === other, LONG_MS);

    const paused = await howdah.act(SCOPE, {
      kind: 'pause',
      owner: 'a test',
      until: null,
      autoResume: false,
    });
    expect(paused.outcome, told(paused)).toBe('done');
    const resumed = await howdah.act(SCOPE, { kind: 'resume' });
    expect(resumed.outcome, told(resumed)).toBe('done');

    const config = howdah.snapshot(SCOPE)?.cluster.config;
    if (config == null) throw new Error('there is no configuration');
    const edited = await howdah.act(SCOPE, {
      kind: 'edit_config',
      baseRevision: config.revision,
      baseDigest: null,
      value: { ...config.value, loop_wait: 3 },
      text: null,
    });
    expect(edited.outcome, told(edited)).toBe('done');

    cluster.kill(other);
    await howdah.until('nobody to lead, or the one that is left', () => seen() !== other, LONG_MS);
    await howdah.until(
      'the one that is left to lead',
      () => howdah.snapshot(SCOPE)?.cluster.leader?.name === first,
      LONG_MS,
    );
  });
});
