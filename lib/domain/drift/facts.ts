// What one PostgreSQL says of itself for a comparison with the others: settings that are not at their default, versions, extensions,
// collations, the rules of pg_hba.conf. Parsed once, totally; what a statement did not give is null and never "the same". Pure.
import type { Text } from '../../language/sentence';
import { boolean, field, list, number } from '../wire/loose';

/** What is asked, each with a cost and a fate of its own. */
export const DRIFT_STATEMENTS = ['settings', 'catalog', 'extensions', 'hba'] as const;
export type DriftStatement = (typeof DRIFT_STATEMENTS)[number];

export interface SettingFact {
  readonly name: string;
  /** In the base unit; as PostgreSQL runs now. */
  readonly setting: string | null;
  /** As `SHOW` prints it. */
  readonly shown: string | null;
  readonly vartype: string;
  readonly unit: string | null;
  /** Built in, in the base unit: what a member has that does not name it. */
  readonly bootValue: string | null;
  readonly source: string;
  /** With its folder, as PostgreSQL says it. */
  readonly file: string | null;
  readonly line: number | null;
  readonly pendingRestart: boolean;
}

export interface ExtensionFact {
  readonly name: string;
  readonly installed: string;
  /** What `CREATE EXTENSION` would install here; null: its files are not on this machine. */
  readonly available: string | null;
  /** Its scripts are here in the version that is installed. */
  readonly hasVersion: boolean;
}

export interface CollationFact {
  readonly name: string;
  /** When it was made. */
  readonly recorded: string | null;
  /** Of the library that runs here. */
  readonly actual: string | null;
}

export interface HbaRule {
  /** Without its line: the order is what counts. */
  readonly text: string;
  readonly line: number | null;
  readonly error: string | null;
}

export interface StatementCost {
  readonly statement: DriftStatement;
  /** null: it was not asked this time. */
  readonly tookMs: number | null;
  /** Why there is no answer; null: there is one. */
  readonly problem: Text | null;
  /** The role may not; a right would change it. */
  readonly denied: boolean;
}

export interface MemberFacts {
  readonly member: string;
  readonly at: number;
  readonly settings: readonly SettingFact[] | null;
  readonly checksums: boolean | null;
  readonly locales: Readonly<Record<string, string>> | null;
  readonly databases: readonly CollationFact[] | null;
  /** Versions of glibc and ICU as far as a collation tells them. */
  readonly libraries: Readonly<Record<'libc' | 'icu', string | null>> | null;
  readonly extensions: readonly ExtensionFact[] | null;
  /** Of which database the extensions are. */
  readonly database: string | null;
  readonly hba: readonly HbaRule[] | null;
  readonly costs: readonly StatementCost[];
}

export type DriftAnswers = Readonly<Partial<Record<DriftStatement, unknown>>>;

const SETTINGS_MAX = 600;
const ROWS_MAX = 300;
const TEXT_MAX = 1000;

export function parseFacts(
  member: string,
  at: number,
  answers: DriftAnswers,
  costs: readonly StatementCost[],
): MemberFacts {
  const { settings, catalog, extensions, hba } = answers;
  const isSaid = (value: unknown): boolean => value !== undefined && value !== null;
  return {
    member,
    at,
    costs,
    settings: isSaid(settings) ? list(settings).slice(0, SETTINGS_MAX).flatMap(settingOf) : null,
    checksums: onOff(field(catalog, 'checksums')),
    locales: isSaid(catalog) ? localesOf(field(catalog, 'databases')) : null,
    databases: isSaid(catalog) ? list(field(catalog, 'databases')).slice(0, ROWS_MAX).flatMap(collationOf) : null,
    libraries: isSaid(catalog) ? { libc: word(field(catalog, 'libc')), icu: word(field(catalog, 'icu')) } : null,
    extensions: isSaid(extensions) ? list(field(extensions, 'rows')).slice(0, ROWS_MAX).flatMap(extensionOf) : null,
    database: word(field(extensions, 'database')),
    hba: isSaid(hba) ? list(hba).slice(0, ROWS_MAX).flatMap(ruleOf) : null,
  };
}

/** '' is a value of many settings. */
function word(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX) : null;
}

function onOff(value: unknown): boolean | null {
  return value === 'on' ? true : value === 'off' ? false : null;
}

function settingOf(row: unknown): SettingFact[] {
  const [name, setting, shown, vartype, unit, bootValue, source, file, line, pending] = list(row);
  if (typeof name !== 'string' || typeof source !== 'string') return [];
  return [
    {
      ...{ name, source, setting: word(setting), shown: word(shown), unit: word(unit), bootValue: word(bootValue) },
      ...{ vartype: word(vartype) ?? 'string', file: word(file), line: number(line), pendingRestart: pending === true },
    },
  ];
}

function collationOf(row: unknown): CollationFact[] {
  const name = word(field(row, 'name'));
  return name === null ? [] : [{ name, recorded: word(field(row, 'recorded')), actual: word(field(row, 'actual')) }];
}

function localesOf(rows: unknown): Readonly<Record<string, string>> {
  const pairs = list(rows).slice(0, ROWS_MAX);
  return Object.fromEntries(pairs.map((row) => [word(field(row, 'name')) ?? '', word(field(row, 'locale')) ?? '']));
}

function extensionOf(row: unknown): ExtensionFact[] {
  const [name, installed] = [word(field(row, 'name')), word(field(row, 'installed'))];
  if (name === null || installed === null) return [];
  const hasVersion = boolean(field(row, 'has_version')) === true;
  return [{ name, installed, available: word(field(row, 'available')), hasVersion }];
}

function ruleOf(row: unknown): HbaRule[] {
  const [text, error] = [word(field(row, 'text')), word(field(row, 'error'))];
  return text === null && error === null ? [] : [{ text: text ?? '', line: number(field(row, 'line')), error }];
}
