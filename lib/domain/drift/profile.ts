// What clusters should be like, and which are not: a profile is data (howdah.yaml, or the one built in), each of its rules a row. What
// is not known is said as that and is never a deviation. Pure.
import { joinNames } from '../../language/quantity';
import { agree, plural, say, type Text } from '../../language/sentence';
import type { Snapshot } from '../cluster';
import { sameSetting } from '../config/guc';
import type { MemberFacts, SettingFact } from './facts';
import { endedOn, MINORS_AS_OF, newerMinor } from './minors';
import { definitionOf } from './settings';

export interface Profile {
  readonly name: string;
  /** null: it does not ask. */
  readonly dataChecksums: boolean | null;
  readonly synchronousMode: boolean | null;
  readonly newestMinor: boolean;
  /** Of PostgreSQL. */
  readonly supportedMajor: boolean;
  readonly sameOnAllMembers: boolean;
  /** Values of pg_settings on every member, as one writes them. */
  readonly settings: Readonly<Record<string, string>>;
}

export const PROFILE_RULES = [
  'data_checksums',
  'synchronous_mode',
  'newest_minor',
  'supported_major',
  'same_on_all',
  'local_values',
  'setting',
] as const;
export type ProfileRule = (typeof PROFILE_RULES)[number];

export interface Deviation {
  readonly rule: ProfileRule;
  /** `unknown`: nobody could say. */
  readonly verdict: 'deviates' | 'unknown';
  readonly text: Text;
}

/** Where howdah.yaml has none that fits. */
export const DEFAULT_PROFILE: Profile = {
  name: 'default',
  dataChecksums: true,
  synchronousMode: null,
  newestMinor: true,
  supportedMajor: true,
  sameOnAllMembers: true,
  settings: {},
};

export interface Judged {
  readonly snapshot: Snapshot;
  /** null: not read yet, or it cannot be. */
  readonly facts: readonly MemberFacts[] | null;
  /** How many settings and other things differ between its members; null: not compared. */
  readonly differences: number | null;
  /** How many local values win over the dynamic configuration. */
  readonly overrides: number;
  readonly now: number;
}

type Row = (profile: Profile, judged: Judged) => readonly Deviation[];

const deviates = (rule: ProfileRule, text: Text): readonly Deviation[] => [{ rule, verdict: 'deviates', text }];
const unknown = (rule: ProfileRule, text: Text): readonly Deviation[] => [{ rule, verdict: 'unknown', text }];

const ROWS: readonly Row[] = [
  ({ dataChecksums }, { facts }) => {
    if (dataChecksums === null) return [];
    const known = (facts ?? []).filter(({ checksums }) => checksums !== null);
    if (known.length === 0) return unknown('data_checksums', say`whether it has data checksums is not known`);
    const wrong = known.filter(({ checksums }) => checksums !== dataChecksums);
    if (wrong.length === 0) return [];
    const names = joinNames(wrong.map(({ member }) => member));
    const isAll = wrong.length === known.length;
    if (!dataChecksums)
      return deviates('data_checksums', isAll ? say`data checksums are on` : say`data checksums are on: ${names}`);
    return deviates('data_checksums', isAll ? say`data checksums are off` : say`data checksums are off: ${names}`);
  },
  ({ synchronousMode }, { snapshot: { cluster } }) => {
    if (synchronousMode === null) return [];
    if (cluster.synchronousMode === null) return unknown('synchronous_mode', say`synchronous_mode is not known`);
    const isOn = cluster.synchronousMode !== 'off';
    if (isOn === synchronousMode) return [];
    return deviates('synchronous_mode', isOn ? say`synchronous_mode is on` : say`synchronous_mode is off`);
  },
  ({ newestMinor }, { snapshot: { cluster } }) => {
    if (!newestMinor) return [];
    const members = cluster.members.filter(({ listed }) => listed);
    const behind = members.flatMap(({ name, postgresVersion }) => {
      const newest = newerMinor(postgresVersion);
      return newest === null || postgresVersion === null ? [] : [{ name, has: postgresVersion, newest }];
    });
    const [first] = behind;
    if (first !== undefined) {
      const has = [...new Set(behind.map((one) => one.has))].join(', ');
      return deviates('newest_minor', say`PostgreSQL ${has}, behind ${first.newest} (as of ${MINORS_AS_OF})`);
    }
    if (members.some(({ postgresVersion }) => postgresVersion !== null)) return [];
    return unknown('newest_minor', say`the version of PostgreSQL is not known`);
  },
  ({ supportedMajor }, { snapshot: { cluster }, now }) => {
    if (!supportedMajor) return [];
    for (const { postgresVersion } of cluster.members) {
      const ended = endedOn(postgresVersion, now);
      if (ended !== null)
        return deviates(
          'supported_major',
          say`PostgreSQL ${postgresVersion ?? ''} is of a major that ended on ${ended}`,
        );
    }
    return [];
  },
  ({ sameOnAllMembers }, { differences, overrides }) => [
    ...(sameOnAllMembers && (differences ?? 0) > 0
      ? deviates('same_on_all', say`its members differ in ${differences ?? 0}`)
      : []),
    ...(sameOnAllMembers && overrides > 0
      ? deviates(
          'local_values',
          say`${plural(overrides, 'local value')} ${agree(overrides, 'wins', 'win')} over the dynamic configuration`,
        )
      : []),
  ],
  ({ settings }, { facts }) =>
    Object.entries(settings).flatMap(([name, wanted]) => settingRow(name, wanted, facts ?? [])),
];

export function deviationsOf(profile: Profile, judged: Judged): readonly Deviation[] {
  return ROWS.flatMap((row) => row(profile, judged));
}

/** What a profile asks for is read also where it is at its default. */
function settingRow(name: string, wanted: string, facts: readonly MemberFacts[]): readonly Deviation[] {
  const found = facts.flatMap(({ member, settings }) => {
    const own = settings?.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return own === undefined ? [] : [{ member, own }];
  });
  if (found.length === 0) return unknown('setting', say`${name} is not known; ${wanted} is asked for`);
  const wrong = found.filter(({ own }) => !isWanted(own, wanted));
  const shown = [...new Set(wrong.map(({ own }) => own.shown ?? own.setting ?? ''))].join(', ');
  if (wrong.length === 0) return [];
  const names = joinNames(wrong.map(({ member }) => member));
  return deviates('setting', say`${name} is ${shown} on ${names}; ${wanted} is asked for`);
}

function isWanted(own: SettingFact, wanted: string): boolean {
  return sameSetting(own.setting, wanted, definitionOf(own)) || own.shown?.toLowerCase() === wanted.toLowerCase();
}
