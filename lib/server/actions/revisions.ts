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
/** Of all scopes, newest last: what a person has seen stays as it was while the store is away. */
const REMEMBERED = 1000;

export class Revisions {
  readonly #index: AuditIndex;
  readonly #reach: Reach;
  #waiting: SeenRevision[] = [];
  readonly #shown = new Map<string, ConfigRevision>();

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
    const add = (
      revision: string,
      value: JsonObject,
      seenAt: number | null,
      row: ConfigRevision | null = null,
    ): void => {
      const wrote = byRevision.get(revision) ?? null;
      const request = wrote?.request ?? null;
      // A DCS that was restored counts anew: under the number of an edit may stand something else.
      const other = request?.kind === 'edit_config' && canonical(request.value) !== canonical(value);
      const record = other ? null : wrote;
      const same = row !== null && canonical(row.value) === canonical(value) ? row : null;
      found.set(revision, {
        revision,
        value,
        text: same?.text ?? (request?.kind === 'edit_config' && !other ? request.text : null),
        seenAt: same?.seenAt ?? record?.sentAt ?? seenAt,
        actor: same?.actor ?? record?.actor ?? null,
        reason: same?.reason ?? record?.reason ?? null,
        actionId: same?.actionId ?? record?.id ?? null,
      });
    };
    const reach = this.#reach.of(snapshot);
    const current = snapshot.cluster.dcs?.keyRevisions?.config ?? null;
    if (reach?.dcs != null && current !== null && current !== '0') {
      const past = await reach.dcs.past(reach.dcsScope, 'config', current, FROM_ETCD).catch(() => null);
      if (past === null) problems.push(say`earlier values could not be read from the DCS`);
      for (const { revision, value } of past ?? []) {
        const parsed = parseObject(value);
        if (parsed !== null) add(revision, parsed, null);
      }
    }
    const stored = await this.#index.revisions(scope, SHOWN).catch(() => null);
    if (stored === null) problems.push(say`the store is away: only what the DCS still holds is shown`);
    for (const { revision, value, at } of this.#waiting.filter((row) => row.scope === scope)) add(revision, value, at);
    // What the DCS says of a revision counts; what was known of it stays.
    for (const row of stored ?? []) add(row.revision, found.get(row.revision)?.value ?? row.value, row.seenAt, row);
    // Not every DCS has a past, and nobody may have written this down yet.
    const now = snapshot.cluster.config;
    if (found.size === 0 && now?.revision != null) add(now.revision, now.value, null);
    for (const entry of found.values()) add(entry.revision, entry.value, entry.seenAt, this.#known(scope, entry));
    const newestFirst = [...found.values()].sort((a, b) => compareVersions(b.revision, a.revision) ?? 0);
    const revisions = withoutRepeats(newestFirst).slice(0, SHOWN);
    await this.#remember(scope, revisions, stored);
    return {
      scope,
      revisions,
      problem: problems.length === 0 ? null : joined(problems, '; '),
    };
  }

  /** As it was shown before, with what has become known since. */
  #known(scope: string, entry: ConfigRevision): ConfigRevision {
    const shown = this.#shown.get(`${scope}\n${entry.revision}`);
    if (shown === undefined || canonical(shown.value) !== canonical(entry.value)) return entry;
    return {
      ...entry,
      text: shown.text ?? entry.text,
      actor: shown.actor ?? entry.actor,
      reason: shown.reason ?? entry.reason,
      actionId: shown.actionId ?? entry.actionId,
    };
  }

  /** The action that wrote a revision leaves the page of actions sooner than the revision leaves this list. */
  async #remember(
    scope: string,
    revisions: readonly ConfigRevision[],
    stored: readonly ConfigRevision[] | null,
  ): Promise<void> {
    for (const entry of revisions) {
      const key = `${scope}\n${entry.revision}`;
      this.#shown.delete(key);
      this.#shown.set(key, entry);
      const row = stored?.find((one) => one.revision === entry.revision);
      const told = row !== undefined && row.actionId === entry.actionId && row.text === entry.text;
      if (stored !== null && !told && entry.actionId !== null)
        await this.#index.saveRevision({ scope, ...entry }).catch(() => undefined);
    }
    for (const key of [...this.#shown.keys()].slice(0, Math.max(0, this.#shown.size - REMEMBERED)))
      this.#shown.delete(key);
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
