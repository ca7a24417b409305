// The bridge from a saved configuration to what pg_settings show of it: per member one word, for follow-config.ts.
import type { SettingsAnswer } from '../../contract/actions';
import type { ActionRecord } from '../../domain/actions/action';
import type { Extra } from '../../domain/actions/follower';
import type { Snapshot } from '../../domain/cluster';
import { diffConfig } from '../../domain/config/diff';
import { factsOf } from '../../domain/config/facts';
import { uptakeOf } from '../../domain/config/uptake';

/** null: only keys changed that nobody shows from outside, or no member can be asked over SQL. */
export function uptakeOfChange(record: ActionRecord, settings: SettingsAnswer, snapshot: Snapshot): Extra['uptake'] {
  const { request, before, sentAt } = record;
  if (request.kind !== 'edit_config' || before.config === null) return null;
  const changes = diffConfig(before.config, request.value).filter(
    ({ path }) => path[0] === 'postgresql' && path[1] === 'parameters' && path[2] !== undefined,
  );
  if (changes.length === 0 || settings.members.every((member) => member.version === null)) return null;
  const { cluster } = snapshot;
  const members = uptakeOf(changes, {
    before: before.config,
    after: request.value,
    settings,
    facts: factsOf(cluster),
    savedAt: sentAt ?? record.requestedAt,
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
  return Object.fromEntries(members.map(({ member, state }) => [member, state]));
}
