// Earlier revisions of a dynamic configuration, whoever wrote them: what Howdah saw while it ran (the store), and what etcd's own
// history still holds from before. Who and why is known for those that an action of Howdah wrote.
import type { ConfigRevision, RevisionsAnswer } from '../../contract/actions';
import type { ActionRecord } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import type { Snapshot } from '../../domain/cluster';
import { compareVersions } from '../../domain/key-version';
import { type JsonObject, parseObject } from '../../domain/wire/loose';
import { joined, say, type Text } from '../../language/sentence';
import type { AuditIndex } from '../audit/audit-index';
import type { Reach } from './reach';

interface SeenRevision {
  readonly scope: string;
  readonly revision: string;
  readonly value: JsonObject;
  readonly at: number;
}

const SHOWN = 50;
const FROM_ETCD = 30;
/** Kept while the store is away; older ones stay in etcd's history as long as that does. */
const WAITING = 200;

export class Revisions {
  readonly #index: AuditIndex;
  readonly #reach: Reach;
  #waiting: SeenRevision[] = [];

  constructor(index: AuditIndex, reach: Reach) {
    this.#index = index;
    this.#reach = reach;
  }

  async saw(revision: SeenRevision): Promise<void> {
    this.#waiting = [...this.#waiting, revision].slice(-WAITING);
    await this.flush();
  }

  /** Stores what waits. Call when the store is ready again. */
  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    for (const [index, { scope, revision, value, at }] of batch.entries()) {
      const row = { scope, revision, value, text: null, seenAt: at, actionId: null };
      const stored = await this.#index.saveRevision(row).then(
        () => true,
        () => false,
      );
      if (stored) continue;
      this.#waiting = [...batch.slice(index), ...this.#waiting].slice(-WAITING);
      return;
    }
  }

  async list(snapshot: Snapshot, actions: readonly ActionRecord[]): Promise<RevisionsAnswer> {
    const { scope } = snapshot;
    const problems: Text[] = [];
    const found = new Map<string, ConfigRevision>();
    const byRevision = new Map(
      actions.flatMap((record) => (record.revision === null ? [] : [[record.revision, record] as const])),
    );
    const add = (revision: string, value: JsonObject, seenAt: number | null): void => {
      const record = byRevision.get(revision) ?? null;
      const request = record?.request ?? null;
      found.set(revision, {
        revision,
        value,
        text: request?.kind === 'edit_config' ? request.text : null,
        seenAt: record?.sentAt ?? seenAt,
        actor: record?.actor ?? null,
        reason: record?.reason ?? null,
        actionId: record?.id ?? null,
      });
    };
    const reach = this.#reach.of(snapshot);
    const current = snapshot.cluster.dcs?.keyRevisions?.config ?? null;
    if (reach?.etcd != null && current !== null && current !== '0') {
      const past = await reach.etcd.past(reach.dcsScope, 'config', current, FROM_ETCD).catch(() => null);
      if (past === null) problems.push(say`earlier values could not be read from the DCS`);
      for (const { revision, value } of past ?? []) {
        const parsed = parseObject(value);
        if (parsed !== null) add(revision, parsed, null);
      }
    } else if (snapshot.cluster.config?.revision != null) {
      add(snapshot.cluster.config.revision, snapshot.cluster.config.value, null);
    }
    const stored = await this.#index.revisions(scope, SHOWN).catch(() => null);
    if (stored === null) problems.push(say`the store is away: only what the DCS still holds is shown`);
    for (const row of [
      ...(stored ?? []),
      ...this.#waiting.filter((row) => row.scope === scope).map(({ at, ...row }) => ({ ...row, seenAt: at })),
    ])
      add(row.revision, row.value, row.seenAt);
    const newestFirst = [...found.values()].sort((a, b) => compareVersions(b.revision, a.revision) ?? 0);
    return {
      scope,
      revisions: withoutRepeats(newestFirst).slice(0, SHOWN),
      problem: problems.length === 0 ? null : joined(problems, '; '),
    };
  }
}

/** Waking a loop by a touch writes the same content once more: the older of two equal neighbours is the change. */
function withoutRepeats(newestFirst: readonly ConfigRevision[]): readonly ConfigRevision[] {
  return newestFirst.filter((entry, index) => {
    const older = newestFirst[index + 1];
    // The newest keeps its number: it is what an edit is compared with.
    return index === 0 || older === undefined || canonical(entry.value) !== canonical(older.value);
  });
}
