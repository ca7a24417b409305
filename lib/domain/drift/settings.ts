// Which settings differ between the members of a cluster, and where something local wins over the dynamic configuration. A member that
// does not name a setting has its built-in value; one that was not read is not compared. Values are masked by whoever sends them. Pure.
import { say, type Text } from '../../language/sentence';
import { formatSetting, mayBeSame, type SettingDefinition } from '../config/guc';
import { OWNED_PARAMETERS, RECOVERY_PARAMETERS } from '../config/patroni-keys';
import type { JsonObject } from '../wire/loose';
import { field, isObject } from '../wire/loose';
import { EXPECTED, OF_THE_SESSION } from './expected';
import type { MemberFacts, SettingFact } from './facts';

/** Whose word the value of a member is. `patroni`: the file that Patroni writes, from /config and its own patroni.yml. */
export const ORIGINS = ['default', 'patroni', 'alter_system', 'command_line', 'base_file', 'file', 'machine'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface MemberValue {
  readonly member: string;
  /** null: its session hides what the server has, or it does not know the setting. */
  readonly shown: string | null;
  readonly origin: Origin | null;
  readonly source: string | null;
  /** Name of the file, without its folder. */
  readonly file: string | null;
  readonly line: number | null;
  readonly pendingRestart: boolean;
}

export interface SettingDrift {
  readonly name: string;
  /** What /config asks for; null: it says nothing. */
  readonly configured: string | null;
  readonly values: readonly MemberValue[];
  /** Who differs from what most have; all of them where no value has most. */
  readonly odd: readonly string[];
  /** For a person to run. */
  readonly repairs: readonly Repair[];
}

export interface Repair {
  readonly member: string;
  readonly text: Text;
  /** null: nothing to copy. */
  readonly command: string | null;
}

/** A value of /config that does not hold on a member, because something of its own wins. */
export interface Override {
  readonly name: string;
  readonly member: string;
  readonly configured: string;
  readonly value: MemberValue;
  readonly repair: Repair;
}

export interface SettingsView {
  readonly differing: readonly SettingDrift[];
  readonly overrides: readonly Override[];
  /** Names that some session hides: not compared. */
  readonly hidden: readonly string[];
  /** Names that differ and are expected to. */
  readonly expected: readonly { readonly name: string; readonly why: Text }[];
  /** Settings that were compared. */
  readonly compared: number;
}

type Read = MemberFacts & { readonly settings: readonly SettingFact[] };

export function compareSettings(members: readonly MemberFacts[], config: JsonObject | null): SettingsView {
  const read = members.filter((member): member is Read => member.settings !== null);
  const parameters = parametersOf(config);
  const byMember = new Map(
    read.map(({ member, settings }) => [member, new Map(settings.map((one) => [one.name, one]))]),
  );
  const names = [...new Set(read.flatMap(({ settings }) => settings.map(({ name }) => name)))].sort();
  const differing: SettingDrift[] = [];
  const overrides: Override[] = [];
  const hidden: string[] = [];
  const expected: { name: string; why: Text }[] = [];
  for (const name of names) {
    const known = read.flatMap(({ member }) => byMember.get(member)?.get(name) ?? []);
    const [first] = known;
    if (first === undefined) continue;
    if (known.some(({ source }) => OF_THE_SESSION.includes(source))) {
      hidden.push(name);
      continue;
    }
    const values = read.map(({ member }) => valueOn(member, byMember.get(member)?.get(name), first));
    const raw = read.map(({ member }) => rawOn(byMember.get(member)?.get(name), first));
    const differs = new Set(raw).size > 1;
    const why = Object.hasOwn(EXPECTED, name) ? EXPECTED[name] : undefined;
    if (why !== undefined) {
      if (differs) expected.push({ name, why });
      continue;
    }
    const configured = isTaken(name) ? (parameters.get(name.toLowerCase()) ?? null) : null;
    const own = overridesOf(name, configured, first, values, raw);
    overrides.push(...own);
    if (!differs) continue;
    const odd = oddOnes(read, raw);
    const repairs = odd.flatMap((member) => {
      const value = values.find((one) => one.member === member);
      return value === undefined ? [] : [repairOf(name, value, configured)];
    });
    differing.push({ name, configured, values, odd, repairs });
  }
  return { differing, overrides, hidden, expected, compared: names.length - hidden.length };
}

function parametersOf(config: JsonObject | null): ReadonlyMap<string, string> {
  const parameters = field(field(config, 'postgresql'), 'parameters');
  if (!isObject(parameters)) return new Map();
  return new Map(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === null || typeof value === 'object' ? [] : [[name.toLowerCase(), asText(value)] as const],
    ),
  );
}

function asText(value: unknown): string {
  return value === true ? 'on' : value === false ? 'off' : String(value);
}

/** Patroni writes it: what it drops is no override where it does not hold. */
function isTaken(name: string): boolean {
  return !Object.hasOwn(OWNED_PARAMETERS, name) && !RECOVERY_PARAMETERS.includes(name);
}

/** As far as one row tells it. */
export function definitionOf({ name, vartype, unit, bootValue }: SettingFact): SettingDefinition {
  const kinds = ['bool', 'enum', 'integer', 'real', 'string'] as const;
  // Which words an enum knows is not asked: texts decide there.
  const kind = kinds.find((one) => one === vartype && one !== 'enum') ?? 'string';
  return { name, vartype: kind, unit, bootValue, context: '', min: null, max: null, enumValues: null, description: '' };
}

/** A member without a row has what is built in; it is the same in all minors of a major. */
function rawOn(own: SettingFact | undefined, like: SettingFact): string | null {
  return own === undefined ? like.bootValue : own.setting;
}

function valueOn(member: string, own: SettingFact | undefined, like: SettingFact): MemberValue {
  if (own === undefined) {
    const shown = like.bootValue === null ? null : formatSetting(like.bootValue, definitionOf(like));
    return { member, shown, origin: 'default', source: 'default', file: null, line: null, pendingRestart: false };
  }
  const { shown, setting, source, line, pendingRestart } = own;
  const file = own.file?.split('/').at(-1) ?? null;
  return { member, shown: shown ?? setting, origin: originOf(source, file), source, file, line, pendingRestart };
}

function originOf(source: string, file: string | null): Origin {
  if (file === 'postgresql.auto.conf') return 'alter_system';
  if (source === 'command line') return 'command_line';
  if (source === 'default') return 'default';
  if (source !== 'configuration file') return 'machine';
  if (file === 'postgresql.base.conf') return 'base_file';
  return file === 'postgresql.conf' || file === null ? 'patroni' : 'file';
}

/** Those who do not have what more than half have; without such a value all. */
function oddOnes(read: readonly Read[], raw: readonly (string | null)[]): readonly string[] {
  const counts = new Map<string | null, number>();
  for (const value of raw) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  const has = most !== undefined && most[1] * 2 > raw.length ? most[0] : undefined;
  return read.flatMap(({ member }, index) => (has !== undefined && raw[index] === has ? [] : [member]));
}

function overridesOf(
  name: string,
  configured: string | null,
  like: SettingFact,
  values: readonly MemberValue[],
  raw: readonly (string | null)[],
): readonly Override[] {
  if (configured === null) return [];
  const definition = definitionOf(like);
  return values.flatMap((value, index): Override[] => {
    const now = raw[index] ?? null;
    const isLocal = value.origin !== 'default' && value.origin !== 'machine' && value.origin !== 'command_line';
    // What waits for a restart is on its way; a command line is Patroni's own, made of /config.
    if (now === null || value.pendingRestart || !isLocal) return [];
    if (mayBeSame(now, configured, definition) || sameWord(value.shown, configured)) return [];
    return [{ name, member: value.member, configured, value, repair: repairOf(name, value, configured) }];
  });
}

function sameWord(shown: string | null, configured: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s"']/g, '');
  const words: Readonly<Record<string, string>> = { true: 'on', yes: 'on', false: 'off', no: 'off' };
  const left = plain(shown ?? '');
  const right = plain(configured);
  return (words[left] ?? left) === (words[right] ?? right);
}

function repairOf(
  name: string,
  { member, origin, file, line, pendingRestart }: MemberValue,
  configured: string | null,
): Repair {
  const isPlain = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name);
  if (pendingRestart) return { member, text: say`${member} waits for a restart`, command: null };
  if (origin === 'alter_system')
    return {
      member,
      text: say`on ${member}, as a superuser; then reload it`,
      command: isPlain ? `ALTER SYSTEM RESET ${name};` : null,
    };
  if (origin === 'patroni')
    return {
      member,
      text:
        configured === null
          ? say`patroni.yml of ${member} sets it below postgresql.parameters: move it into the dynamic configuration, or take it out there`
          : say`patroni.yml of ${member} sets it below postgresql.parameters, and wins over the dynamic configuration: take it out there, then reload`,
      command: null,
    };
  if (origin === 'base_file' || origin === 'file')
    return {
      member,
      text:
        line === null
          ? say`${file ?? say`a file`} of ${member} sets it: take it out there, then reload`
          : say`${file ?? say`a file`} of ${member} sets it in line ${line}: take it out there, then reload`,
      command: null,
    };
  if (origin === 'command_line')
    return { member, text: say`${member} was started with it: Patroni gives it anew with a restart`, command: null };
  return {
    member,
    text: say`${member} has what is built in: set it in the dynamic configuration for all`,
    command: null,
  };
}
