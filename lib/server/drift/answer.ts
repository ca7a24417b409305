// What of a comparison each may read, and the comparison of all clusters with their profiles.
import type { DriftAnswer, FleetDriftAnswer } from '../../contract/drift';
import { MINORS_AS_OF } from '../../domain/drift/minors';
import { seenValue, type ValueSight } from '../../domain/drift/secrets';
import type { MemberValue } from '../../domain/drift/settings';
import type { Gate } from '../access/gate';
import type { Runtime } from '../runtime';

export async function driftAnswer(
  runtime: Pick<Runtime, 'drift'>,
  scope: string,
  fresh: boolean,
  gate: Pick<Gate, 'why'>,
): Promise<DriftAnswer> {
  const look = await runtime.drift.answer(scope, fresh);
  const sight = gate.why('read_statements', scope) === null ? 'masked' : 'denied';
  const { settings } = look;
  return {
    ...look,
    everyMs: runtime.drift.everyMs,
    values: sight,
    settings:
      settings === null
        ? null
        : {
            ...settings,
            differing: settings.differing.map((one) => ({
              ...one,
              configured: seenText(one.name, one.configured, sight),
              values: one.values.map((value) => seenOn(one.name, value, sight)),
            })),
            overrides: settings.overrides.map((one) => ({
              ...one,
              configured: seenText(one.name, one.configured, sight),
              value: seenOn(one.name, one.value, sight),
            })),
          },
  };
}

function seenText(name: string, text: string | null, sight: ValueSight): string | null {
  return text === null ? null : seenValue(name, text, sight);
}

/** `hidden`: there is a value, which does not leave. */
function seenOn(name: string, value: MemberValue, sight: ValueSight): MemberValue & { readonly hidden: boolean } {
  const shown = seenText(name, value.shown, sight);
  return { ...value, shown, hidden: shown === null && value.shown !== null };
}

/** Clusters that deviate first, those nobody can tell of next. */
export function fleetDriftAnswer(
  runtime: Pick<Runtime, 'drift' | 'feed' | 'config'>,
  sees: (scope: string) => boolean,
): FleetDriftAnswer {
  const { drift, feed } = runtime;
  const clusters = feed
    .rows()
    .filter(({ scope }) => sees(scope))
    .map(({ scope, labels }) => {
      const look = drift.known(scope);
      return {
        ...{ scope, labels, at: look?.at ?? null, profile: drift.profileOf(scope, labels).name },
        differing: look?.settings?.differing.length ?? null,
        overrides: look?.settings?.overrides.length ?? null,
        others: look?.differences.length ?? null,
        unread: look?.members.filter(({ at }) => at === null).length ?? null,
        deviations: look?.deviations ?? [],
      };
    });
  const weight = ({ deviations, at }: (typeof clusters)[number]): number =>
    deviations.filter(({ verdict }) => verdict === 'deviates').length * 1000 +
    deviations.length +
    (at === null ? 0.5 : 0);
  clusters.sort((a, b) => weight(b) - weight(a) || a.scope.localeCompare(b.scope));
  return { minorsAsOf: MINORS_AS_OF, everyMs: drift.everyMs, clusters };
}
