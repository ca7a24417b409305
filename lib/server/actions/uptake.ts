// The bridge from a saved configuration to what pg_settings show of it: per member one word, for follow-config.ts.
import type { SettingsAnswer } from '../../contract/actions';
import type { ActionRecord } from '../../domain/actions/action';
import type { Extra } from '../../domain/actions/follower';
import type { Snapshot } from '../../domain/cluster';
import { diffConfig } from '../../domain/config/diff';
import { factsOf } from '../../domain/config/facts';
import { type UptakeState, uptakeOf } from '../../domain/config/uptake';

/** pg_hba.conf of one member. */
export interface LoadedFiles {
  /** When PostgreSQL read its files last, on the clock of Howdah; null: not known. */
  readonly loadedAt: number | null;
  /** Lines that PostgreSQL cannot read: it goes on with what it had; null: the role may not look. */
  readonly errors: readonly string[] | null;
}

/** Does the edit change `pg_hba` or `pg_ident`? What a member has loaded of them is asked apart. */
export function changesFiles({ request, before }: ActionRecord): boolean {
  return (
    request.kind === 'edit_config' &&
    before.config !== null &&
    diffConfig(before.config, request.value).some(({ path }) => path[0] === 'postgresql' && isFile(path[1]))
  );
}

const isFile = (key: unknown): boolean => /^pg_(hba|ident)(_|$)/.test(String(key));

/**
 * null: only keys changed that nobody shows from outside, or no member can be asked over SQL. `files` by member; null: the edit
 * changes none.
 */
export function uptakeOfChange(
  record: ActionRecord,
  settings: SettingsAnswer,
  snapshot: Snapshot,
  files: ReadonlyMap<string, LoadedFiles> | null,
): Extra['uptake'] {
  const { request, before, sentAt } = record;
  if (request.kind !== 'edit_config' || before.config === null) return null;
  const changes = diffConfig(before.config, request.value).filter(
    ({ path }) => path[0] === 'postgresql' && path[1] === 'parameters' && path[2] !== undefined,
  );
  if (changes.length === 0 && files === null) return null;
  if (settings.members.every((member) => member.version === null)) return null;
  const { cluster } = snapshot;
  const since = sentAt ?? record.requestedAt;
  const members = uptakeOf(changes, {
    before: before.config,
    after: request.value,
    settings,
    facts: factsOf(cluster),
    savedAt: since,
    now: settings.at,
    loopWaitSeconds: cluster.config?.loopWaitSeconds ?? 10,
    pending: Object.fromEntries(
      cluster.members.map((member) => [
        member.name,
        member.pendingRestart?.parameters.map((parameter) => parameter.name) ?? [],
      ]),
    ),
    silent: cluster.members.filter((member) => member.silent).map((member) => member.name),
  });
  return Object.fromEntries(
    members.map(({ member, state }) => {
      const loaded = files === null ? 'taken' : fileState(files.get(member) ?? null, since);
      return [member, WORST.find((word) => word === state || word === loaded) ?? state];
    }),
  );
}

const WORST: readonly UptakeState[] = ['unknown', 'waiting', 'ignored', 'pending_restart', 'taken'];

function fileState(files: LoadedFiles | null, since: number): UptakeState {
  if (files === null || files.loadedAt === null) return 'unknown';
  if (files.loadedAt <= since) return 'waiting';
  return files.errors !== null && files.errors.length > 0 ? 'ignored' : 'taken';
}
