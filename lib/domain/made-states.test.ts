// Runs every made state through the whole core and asks for what its `expect` says.
import { describe, expect, it } from 'vitest';
import type { ActionRequest, Preflight } from './actions/action';
import { blockersOf } from './actions/judge';
import { preflight } from './actions/preflight';
import type { Snapshot } from './cluster';
import { renderPreflights, renderSnapshot } from './render';
import { madeNames, madeSnapshot, readMade } from './test-made-states';
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

const judged = (words: string, snapshot: Snapshot): Preflight =>
  preflight(requestOf(words, snapshot), snapshot, quietFacts(snapshot), snapshot.observedAt);

describe('made states', () => {
  it.each(madeNames())('%s', (name) => {
    const { expect: must, what } = readMade(name);
    const state = readMade(name);
    const snapshot = madeSnapshot(state);
    const { cluster, findings, readiness } = snapshot;
    const text = `${renderSnapshot(snapshot, [])}\n${renderPreflights(snapshot, quietFacts(snapshot))}`;
    const names = (members: readonly { readonly name: string }[]): string[] =>
      members.map((member) => member.name).sort();
    const found = findings.flatMap(({ code, members, severity }) => [
      code,
      `${code}!${severity}`,
      ...members.map((member) => `${code}:${member}`),
    ]);
    expect(found, what).toEqual(expect.arrayContaining([...(must.findings ?? [])]));
    for (const code of must.never ?? []) expect(found, what).not.toContain(code);
    if (must.quiet)
      expect(findings.filter(({ severity }) => severity !== 'note').map(({ title }) => String(title))).toEqual([]);
    if (must.leader !== undefined) expect(cluster.leader?.name ?? null).toBe(must.leader);
    if (must.writable !== undefined) expect(cluster.writable).toBe(must.writable);
    if (must.primaries)
      expect(names(cluster.members.filter((member) => member.postgresRole === 'primary'))).toEqual(
        [...must.primaries].sort(),
      );
    if (must.electable)
      expect(
        names(readiness.candidates.filter(({ eligible }) => eligible === true).map(({ member }) => ({ name: member }))),
      ).toEqual([...must.electable].sort());
    if (must.streaming)
      expect(names(cluster.members.filter(({ replication }) => replication.kind === 'streaming'))).toEqual(
        [...must.streaming].sort(),
      );
    for (const words of must.blocked ?? []) {
      const blockers = blockersOf(judged(words, snapshot)).map(({ title }) => String(title));
      expect(blockers, words).not.toEqual([]);
    }
    for (const words of must.allowed ?? []) {
      const blockers = blockersOf(judged(words, snapshot)).map(({ title }) => String(title));
      expect(blockers, words).toEqual([]);
    }
    const told = `${text}\n${(must.blocked ?? []).flatMap((words) => blockersOf(judged(words, snapshot)).map(({ title, detail }) => `${title}\n${detail}`)).join('\n')}`;
    for (const words of must.says ?? []) expect(told).toContain(words);
    for (const words of must.neverSays ?? []) expect(told).not.toContain(words);
  });
});
