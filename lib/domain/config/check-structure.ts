// Rules about shape and place: what is no object, what Patroni does not know, what stands in the wrong section.
import { say } from '../../language/sentence';
import { isObject, type JsonObject } from '../wire/loose';
import { hbaProblems, letsReplicationIn } from './check-hba';
import { type Path, valueAt } from './diff';
import { closest } from './guc';
import {
  heldParameter,
  keysBelow,
  LOCAL_ONLY_KEYS,
  LOCAL_ONLY_SECTIONS,
  OWNED_PARAMETERS,
  patroniKey,
  RECOVERY_PARAMETERS,
} from './patroni-keys';
import { type CheckContext, type CheckRule, type Found, found, move, remove, setTo } from './problem';

const TOP = keysBelow('').map((row) => row.path);
const IN_POSTGRESQL = keysBelow('postgresql').map((row) => row.path.slice('postgresql.'.length));

export function postgresql(value: JsonObject): JsonObject {
  return isObject(value.postgresql) ? value.postgresql : {};
}

export function parameters(value: JsonObject): JsonObject {
  const found = postgresql(value).parameters;
  return isObject(found) ? found : {};
}

/** What a value becomes without its line breaks. */
export function onOneLine(value: string): string {
  return value
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

function isParameter(context: CheckContext, name: string): boolean {
  const low = name.toLowerCase();
  return (
    context.definitions.names.includes(low) ||
    heldParameter(low) !== null ||
    Object.hasOwn(OWNED_PARAMETERS, low) ||
    RECOVERY_PARAMETERS.includes(low)
  );
}

function topLevel(context: CheckContext, name: string): readonly Found[] {
  if (patroniKey([name]) !== null) return [];
  const path = [name];
  if (IN_POSTGRESQL.includes(name))
    return [
      found(
        'error',
        'misplaced_key',
        path,
        say`${name} belongs under postgresql: here Patroni ignores it`,
        move(context, path, ['postgresql', name]),
      ),
    ];
  if (isParameter(context, name) || name.includes('.'))
    return [
      found(
        'error',
        'misplaced_parameter',
        path,
        say`${name} is a PostgreSQL parameter: here Patroni ignores it`,
        move(context, path, ['postgresql', 'parameters', name]),
      ),
    ];
  if (LOCAL_ONLY_SECTIONS.includes(name)) return [localSection(name)];
  const meant = closest(name, TOP);
  return [
    found(
      'warning',
      'unknown_key',
      path,
      meant === null
        ? say`Patroni does not know ${name}: stored and ignored`
        : say`Patroni does not know ${name}: stored and ignored. Did you mean ${meant}?`,
      meant === null ? null : move(context, path, [meant]),
    ),
  ];
}

function localSection(name: string): Found {
  return found(
    'warning',
    'local_key',
    [name],
    say`${name} belongs in the local file of each member: here Patroni ignores it`,
    remove([name]),
  );
}

function belowPostgresql(context: CheckContext, name: string): readonly Found[] {
  const path = ['postgresql', name];
  if (patroniKey(path) !== null) return [];
  if (LOCAL_ONLY_KEYS.includes(name))
    return [
      found(
        'warning',
        'removed_key',
        path,
        say`Patroni takes postgresql.${name} from each local file and removes it here`,
        remove(path),
      ),
    ];
  if (TOP.includes(name))
    return [
      found(
        'error',
        'misplaced_key',
        path,
        say`${name} belongs at the top level: under postgresql Patroni ignores it`,
        move(context, path, [name]),
      ),
    ];
  if (isParameter(context, name) || name.includes('.'))
    return [
      found(
        'error',
        'misplaced_parameter',
        path,
        say`${name} is a PostgreSQL parameter: it belongs under postgresql.parameters`,
        move(context, path, ['postgresql', 'parameters', name]),
      ),
    ];
  const meant = closest(name, IN_POSTGRESQL);
  if (meant === null) return [found('note', 'unknown_key', path, say`Howdah does not know postgresql.${name}`)];
  return [
    found(
      'warning',
      'unknown_key',
      path,
      say`Patroni does not know postgresql.${name}. Did you mean ${meant}?`,
      move(context, path, ['postgresql', meant]),
    ),
  ];
}

function belowParameters(context: CheckContext, name: string): readonly Found[] {
  const path = ['postgresql', 'parameters', name];
  const low = name.toLowerCase();
  if (isParameter(context, name)) return [];
  if (TOP.includes(low))
    return [
      found(
        'error',
        'misplaced_key',
        path,
        say`${name} is a key of Patroni: it belongs at the top level`,
        move(context, path, [low]),
      ),
    ];
  if (IN_POSTGRESQL.includes(low))
    return [
      found(
        'error',
        'misplaced_key',
        path,
        say`${name} is a key of Patroni: it belongs under postgresql`,
        move(context, path, ['postgresql', low]),
      ),
    ];
  return [];
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isStrings = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isString);

/** Lists of lines such as pg_hba. */
function lines(context: CheckContext, name: string): readonly Found[] {
  const value = postgresql(context.value)[name];
  const path = ['postgresql', name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    return [found('error', 'wrong_type', path, say`postgresql.${name} takes a list, one string per line`)];
  const at = value.findIndex((line) => !isString(line));
  if (at >= 0)
    return [found('error', 'wrong_type', [...path, at], say`Each line of ${name} is a string; put it in quotes`)];
  const broken = value.findIndex((line) => /[\r\n]/.test(String(line)));
  return broken < 0
    ? []
    : [
        found(
          'error',
          'line_break',
          [...path, broken],
          say`A line of ${name} holds a line break: PostgreSQL would read two lines`,
          setTo([...path, broken], onOneLine(String(value[broken]))),
        ),
      ];
}

function hba(context: CheckContext): readonly Found[] {
  const path = ['postgresql', 'pg_hba'];
  const value = postgresql(context.value).pg_hba;
  if (!isStrings(value)) return [];
  const rules = value.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const problems: Found[] = [];
  if (rules.length === 0)
    return [
      found(
        'warning',
        'empty_pg_hba',
        path,
        say`An empty pg_hba is ignored: the members keep the file they have`,
        remove(path),
      ),
    ];
  const custom = Object.hasOwn(parameters(context.value), 'hba_file');
  if (custom)
    problems.push(found('warning', 'pg_hba_unused', path, say`Not used while postgresql.parameters.hba_file is set`));
  problems.push(...hbaProblems(value, path));
  if (!letsReplicationIn(value) && !custom && !rules.some((rule) => /^(@|include)/.test(rule)))
    problems.push(
      found(
        'warning',
        'pg_hba_no_replication',
        path,
        say`No host line for the database replication: standbys could not connect (all does not include it)`,
      ),
    );
  return problems;
}

/** A whole number that JSON.parse has rounded: what would be stored is not what was sent. */
function rounded(context: CheckContext): readonly Found[] {
  const visit = (value: unknown, path: Path): readonly Found[] => {
    if (Array.isArray(value)) return value.flatMap((item, index) => visit(item, [...path, index]));
    if (isObject(value)) return Object.entries(value).flatMap(([name, inner]) => visit(inner, [...path, name]));
    const whole = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
    return whole && value !== valueAt(context.before, path)
      ? [found('error', 'number_too_large', path, say`Too large to be kept exactly: write it as a text`)]
      : [];
  };
  return visit(context.value, []);
}

export const STRUCTURE_RULES: readonly CheckRule[] = [
  { meaning: 'A number that could not be stored as it was written.', find: rounded },
  {
    meaning: 'An empty document is undone by the leader within a loop.',
    find: ({ value }) =>
      Object.keys(value).length === 0
        ? [
            found(
              'error',
              'empty_document',
              [],
              say`Patroni takes an empty configuration for a lost one and writes its own copy back`,
            ),
          ]
        : [],
  },
  {
    meaning: 'Unknown and misplaced keys are stored and ignored, so a typo goes unnoticed.',
    find: (context) => [
      ...Object.keys(context.value).flatMap((name) => topLevel(context, name)),
      ...Object.keys(postgresql(context.value)).flatMap((name) => belowPostgresql(context, name)),
      ...Object.keys(parameters(context.value)).flatMap((name) => belowParameters(context, name)),
    ],
  },
  {
    meaning: 'An old name beside the new one is ignored.',
    find: (context) =>
      Object.keys(context.value).flatMap((name) => {
        const row = patroniKey([name]);
        if (row === null || row.renamed === null) return [];
        const both = Object.hasOwn(context.value, row.renamed);
        if (name.startsWith('permanent') && !both) return [];
        const text = both ? say`Ignored beside ${row.renamed}` : say`Old name of ${row.renamed}`;
        // permanent_slots wins over slots; global_config.py permanent_slots, v4.1.5.
        if (name.startsWith('permanent'))
          return [
            found(
              'warning',
              'shadowed_key',
              [row.renamed],
              say`Ignored: ${name} wins over ${row.renamed}`,
              remove([row.renamed]),
            ),
          ];
        return [found(both ? 'warning' : 'note', 'renamed_key', [name], text, move(context, [name], [row.renamed]))];
      }),
  },
  {
    meaning: 'pg_hba and pg_ident are lists of lines that PostgreSQL can read and that let the standbys in.',
    find: (context) => [
      ...Object.keys(postgresql(context.value))
        .filter((name) => /^pg_(hba|ident)(_|$)/.test(name))
        .flatMap((name) => lines(context, name)),
      ...hba(context),
    ],
  },
  {
    meaning: 'A null is no value: Patroni reads it as absent, as the word None, or as false.',
    find: ({ value }) => [
      ...nulls(value, []),
      ...nulls(postgresql(value), ['postgresql']).map((problem): Found => {
        if (problem.path[1] !== 'use_slots') return problem;
        const text = say`use_slots has no value: Patroni takes that for false and drops the slots`;
        return found('error', 'null_value', problem.path, text, remove(problem.path));
      }),
    ],
  },
];

/** Where a null stops everything is said by the rules of refusals. */
function nulls(value: JsonObject, parent: readonly string[]): readonly Found[] {
  return Object.entries(value)
    .filter(([, leaf]) => leaf === null)
    .map(([name]) => {
      const path = [...parent, name];
      return found(
        'warning',
        'null_value',
        path,
        say`${name} has no value; Patroni works with its default`,
        remove(path),
      );
    });
}
