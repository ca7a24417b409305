// pg_settings of every member that answers, for the configuration editor and for watching a change being taken up.
import type { SettingDefinition, SettingsAnswer, SettingValue } from '../../contract/actions';
import type { Snapshot } from '../../domain/cluster';
import { field, list, number } from '../../domain/wire/loose';
import { serverVersion } from '../../domain/wire/postgres';
import { askPostgres } from '../../io/postgres-once';
import { say } from '../../language/sentence';
import type { ClusterReach } from './reach';

/** Asked once when an editor opens, and the longest answer there is: a busy member has more time than in a round. */
const DEADLINE_MS = 6000;
const AT_ONCE = 8;
const VARTYPES = new Set(['bool', 'enum', 'integer', 'real', 'string']);

export async function readSettings(
  snapshot: Snapshot,
  reach: ClusterReach,
  now: () => number,
): Promise<SettingsAnswer> {
  const versions: Record<string, readonly SettingDefinition[]> = {};
  const members: SettingsAnswer['members'][number][] = [];
  const listed = snapshot.cluster.members.filter((member) => member.listed);
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const answers = await Promise.all(
      listed.slice(from, from + AT_ONCE).map(async (member) => {
        const target = reach.postgres(member);
        if (target === null) return { member, value: null, problem: say`no SQL role is configured` };
        const reading = await askPostgres(target, 'settings', DEADLINE_MS, now);
        return reading.ok
          ? { member, value: reading.value, problem: null }
          : { member, value: null, problem: reading.error.message };
      }),
    );
    for (const { member, value, problem } of answers) {
      const version = serverVersion(number(field(value, 'version')));
      if (value === null || version === null) {
        members.push({ name: member.name, version: null, problem: problem ?? say`not a valid answer`, values: [] });
        continue;
      }
      versions[version] ??= list(field(value, 'definitions')).flatMap(definition);
      members.push({
        name: member.name,
        version,
        problem: null,
        values: list(field(value, 'values')).flatMap(settingValue),
      });
    }
  }
  return { scope: snapshot.scope, at: now(), versions, members };
}

function definition(row: unknown): SettingDefinition[] {
  const [name, vartype, context, unit, min, max, enumValues, bootValue, description] = list(row);
  if (typeof name !== 'string' || typeof vartype !== 'string' || !VARTYPES.has(vartype)) return [];
  return [
    {
      name,
      vartype: vartype as SettingDefinition['vartype'],
      context: String(context),
      unit: textOrNull(unit),
      min: textOrNull(min),
      max: textOrNull(max),
      enumValues: Array.isArray(enumValues) ? enumValues.map(String) : null,
      bootValue: textOrNull(bootValue),
      description: textOrNull(description) ?? '',
    },
  ];
}

function settingValue(row: unknown): SettingValue[] {
  const [name, setting, shown, source, pendingRestart, file] = list(row);
  if (typeof name !== 'string') return [];
  return [
    {
      name,
      setting: textOrNull(setting),
      shown: textOrNull(shown),
      source: String(source),
      file: textOrNull(file),
      pendingRestart: pendingRestart === true,
    },
  ];
}

/** '' is a value of many settings. */
function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
