// What a made state is asked for, said as complaints: the test of the states, and whoever tries a new one. Only tests import it.
import type { ActionRequest } from './actions/action';
import { blockersOf } from './actions/judge';
import { preflight } from './actions/preflight';
import type { Snapshot } from './cluster';
import { renderPreflights, renderSnapshot } from './render';
import type { MadeExpectation } from './test-made-states';
import { quietFacts } from './testkit';

/** `restart b`, `switchover to b`, `resume` as a request. */
function requestOf(words: string, snapshot: Snapshot): ActionRequest {
  const [, kind = words, , name = null] = /^(\w+)( to)? (.+)$/.exec(words) ?? [];
  switch (kind) {
    case 'switchover':
      return { kind, candidate: name, scheduledAt: null };
    case 'failover':
      return { kind, candidate: name ?? '' };
    case 'restart':
      return { kind, members: [name ?? ''], onlyPending: false, scheduledAt: null, timeoutSeconds: null };
    case 'reload':
      return { kind, members: [name ?? ''] };
    case 'reinitialize':
      return { kind, member: name ?? '', fromLeader: false, force: false, override: true };
    case 'rolling_restart':
      return { kind, onlyPending: false };
    case 'pause':
      return { kind, owner: null, until: snapshot.observedAt + 3_600_000, autoResume: false };
    case 'resume':
    case 'cancel_switchover':
    case 'promote_cluster':
      return { kind };
    case 'unpause': {
      const value = { ...snapshot.cluster.config?.value, pause: null };
      return {
        kind: 'edit_config',
        baseRevision: snapshot.cluster.config?.revision ?? null,
        baseDigest: null,
        value,
        text: null,
      };
    }
    default:
      throw new Error(`no action ${words}`);
  }
}

function blockers(words: string, snapshot: Snapshot): readonly { readonly title: string; readonly detail: string }[] {
  const checked = preflight(requestOf(words, snapshot), snapshot, quietFacts(snapshot), snapshot.observedAt);
  return blockersOf(checked).map(({ title, detail }) => ({ title: String(title), detail: String(detail) }));
}

/** What is not as expected; empty: all is. */
export function complaints(must: MadeExpectation, snapshot: Snapshot): readonly string[] {
  const { cluster, findings, readiness } = snapshot;
  const found = findings.flatMap(({ code, members, severity }) => [
    code,
    `${code}!${severity}`,
    ...members.map((member) => `${code}:${member}`),
  ]);
  const told = [
    renderSnapshot(snapshot, []),
    renderPreflights(snapshot, quietFacts(snapshot)),
    ...(must.blocked ?? []).flatMap((words) =>
      blockers(words, snapshot).flatMap(({ title, detail }) => [title, detail]),
    ),
  ].join('\n');
  const same = (what: string, expected: readonly string[] | undefined, is: readonly string[]): string[] =>
    expected === undefined || [...expected].sort().join() === [...is].sort().join()
      ? []
      : [`${what}: ${is.join(', ') || 'nobody'}, expected ${expected.join(', ') || 'nobody'}`];
  const steps = (snapshot.cause?.steps ?? []).map(({ action }) =>
    action === null ? '-' : [action.kind, ...(action.member === null ? [] : [action.member])].join(' '),
  );
  const members = (test: (member: Snapshot['cluster']['members'][number]) => boolean): string[] =>
    cluster.members.filter(test).map(({ name }) => name);
  return [
    ...(must.findings ?? []).filter((code) => !found.includes(code)).map((code) => `lacks ${code}`),
    ...(must.never ?? []).filter((code) => found.includes(code)).map((code) => `has ${code}`),
    ...(must.quiet === true
      ? findings.filter(({ severity }) => severity !== 'note').map(({ code, title }) => `loud: ${code} ${title}`)
      : []),
    ...(must.leader === undefined ? [] : same('leader', [must.leader ?? '-'], [cluster.leader?.name ?? '-'])),
    ...(must.health === undefined ? [] : same('health', [must.health], [snapshot.health])),
    ...(must.cause === undefined ? [] : same('cause', [must.cause ?? '-'], [snapshot.cause?.code ?? '-'])),
    ...(must.impact === undefined ? [] : same('impact', [must.impact], [snapshot.cause?.impact ?? '-'])),
    ...(must.firstStep === undefined ? [] : same('first step', [must.firstStep], steps.slice(0, 1))),
    ...(must.noStep ?? []).filter((words) => steps.includes(words)).map((words) => `offers ${words}`),
    ...(must.writable === undefined ? [] : same('writable', [`${must.writable}`], [`${cluster.writable}`])),
    ...same(
      'primaries',
      must.primaries,
      members(({ postgresRole }) => postgresRole === 'primary'),
    ),
    ...same(
      'streaming',
      must.streaming,
      members(({ replication }) => replication.kind === 'streaming'),
    ),
    ...same(
      'electable',
      must.electable,
      readiness.candidates.filter(({ eligible }) => eligible === true).map(({ member }) => member),
    ),
    ...(must.blocked ?? []).filter((words) => blockers(words, snapshot).length === 0).map((words) => `may ${words}`),
    ...(must.allowed ?? []).flatMap((words) =>
      blockers(words, snapshot).map(({ title }) => `may not ${words}: ${title}`),
    ),
    ...(must.says ?? []).filter((words) => !told.includes(words)).map((words) => `does not say: ${words}`),
    ...(must.neverSays ?? []).filter((words) => told.includes(words)).map((words) => `says: ${words}`),
  ];
}
