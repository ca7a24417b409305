// Rules about postgresql.parameters: what PostgreSQL knows and takes, by the pg_settings of each member's own version, and what
// Patroni drops, clamps or replaces before PostgreSQL sees it. postgresql/validator.py and config.py, v3.0.2 to v4.1.5.
import { say } from '../../language/sentence';
import { synchronousMode } from '../wire/dcs';
import { isObject, patroniBoolean } from '../wire/loose';
import { onOneLine, parameters, postgresql } from './check-structure';
import { leafText, sameJson, valueAt } from './diff';
import { namesWithVersion, olderThan } from './facts';
import { anyDefinition, checkSetting, closest, definitionOn, settingText } from './guc';
import { heldParameter, isRecoveryTarget, keysBelow, OWNED_PARAMETERS, RECOVERY_PARAMETERS } from './patroni-keys';
import { type CheckContext, type CheckRule, type Fix, type Found, found, move, remove, setTo } from './problem';
import { refusalsOf } from './refusals';

type Judge = (context: CheckContext, name: string, value: unknown) => Found | null;

const at = (name: string): readonly string[] => ['postgresql', 'parameters', name];

/** Numbers stay numbers in the document. */
function typed(text: string): string | number {
  // 0640 is octal only as a text.
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text;
}

const shape: Judge = (_context, name, value) => {
  if (value === null)
    return found(
      'error',
      'null_value',
      at(name),
      say`${name} has no value: leave it out for the default`,
      remove(at(name)),
    );
  if (typeof value === 'object') return found('error', 'wrong_type', at(name), say`${name} takes a single value`);
  // Patroni writes `name = 'value'` on one line and doubles quotes and backslashes only (postgresql/config.py write_param, v4.1.5).
  if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/.test(name))
    return found(
      'error',
      'parameter_name',
      at(name),
      say`${name} cannot be the name of a parameter: PostgreSQL would refuse the whole file, and not start any more`,
      remove(at(name)),
    );
  if (typeof value === 'string' && /[\r\n]/.test(value))
    return found(
      'error',
      'line_break',
      at(name),
      say`${name} holds a line break: PostgreSQL would refuse the whole file, and not start any more`,
      setTo(at(name), onOneLine(value)),
    );
  return null;
};

const owned: Judge = (context, name, value) => {
  const low = name.toLowerCase();
  const reason = Object.hasOwn(OWNED_PARAMETERS, low) ? OWNED_PARAMETERS[low] : undefined;
  if (reason !== undefined) {
    if (low === 'hot_standby' && patroniBoolean(value) === true) return null;
    return found('warning', 'owned_parameter', at(name), say`${reason}: ignored`, remove(at(name)));
  }
  if (low !== 'synchronous_standby_names') return null;
  if (synchronousMode(context.value) !== 'off')
    return found(
      'warning',
      'owned_parameter',
      at(name),
      say`Owned by Patroni while synchronous_mode is on: ignored`,
      remove(at(name)),
    );
  const old = olderThan(context.facts, '3.3.2');
  return old.length === 0
    ? null
    : found(
        'warning',
        'owned_parameter',
        at(name),
        say`Ignored before Patroni 3.3.2: ${namesWithVersion(old)}`,
        remove(at(name)),
      );
};

const recovery: Judge = (context, name) => {
  const low = name.toLowerCase();
  if (!RECOVERY_PARAMETERS.includes(low)) return null;
  if (isRecoveryTarget(low))
    return found(
      'warning',
      'recovery_target',
      at(name),
      say`Patroni drops recovery targets: its replicas follow the leader`,
      remove(at(name)),
    );
  return found(
    'warning',
    'recovery_parameter',
    at(name),
    say`Dropped here: ${low} belongs under postgresql.recovery_conf`,
    move(context, at(name), ['postgresql', 'recovery_conf', low]),
  );
};

/** As the checks of CMDLINE_OPTIONS read it: a whole number, `wal_keep_size` in MB. */
function heldNumber(value: unknown, unit: 'MB' | null): number | null {
  const [, digits, name = ''] = /^\s*([+-]?\d+)(?:\.\d*)?\s*([a-zA-Z]*)\s*$/.exec(settingText(value) ?? '') ?? [];
  if (digits === undefined || typeof value === 'boolean') return null;
  if (name === '') return Number(digits);
  const size = { kB: 1 / 1024, MB: 1, GB: 1024, TB: 1024 ** 2 }[name];
  return unit === null || size === undefined ? null : Number(digits) * size;
}

const held: Judge = (context, name, value) => {
  const row = heldParameter(name);
  if (row === null) return null;
  const path = at(name);
  const becomes = say`it would silently become the default ${row.fallback}`;
  if (row.choices !== null) {
    const word = String(value).toLowerCase();
    return row.choices.includes(word)
      ? null
      : found(
          'error',
          'below_floor',
          path,
          say`Patroni takes ${row.choices.slice(1).join(' or ')}: ${becomes}`,
          setTo(path, row.fallback),
        );
  }
  if (row.floor === null) {
    const word = patroniBoolean(value);
    const old = olderThan(context.facts, '4.0.0');
    if (word === null)
      return found('error', 'wrong_type', path, say`${name} takes on or off: ${becomes}`, setTo(path, row.fallback));
    return row.name === 'wal_log_hints' && !word && old.length > 0
      ? found('warning', 'owned_parameter', path, say`Patroni before 4.0 keeps it on: ${namesWithVersion(old)}`)
      : null;
  }
  const number = heldNumber(value, row.unit);
  if (number === null)
    return found(
      'error',
      'wrong_type',
      path,
      say`${name} takes a whole number: ${becomes}`,
      setTo(path, typed(row.fallback)),
    );
  if (number >= row.floor) return null;
  const floor = row.unit === null ? row.floor : `${row.floor}${row.unit}`;
  return found('error', 'below_floor', path, say`Below Patroni's minimum, ${floor}: ${becomes}`, setTo(path, floor));
};

const unknownName: Judge = (context, name) => {
  const { definitions } = context;
  const low = name.toLowerCase();
  // A name with a dot is an extension's: PostgreSQL takes it as a placeholder.
  if (definitions.byVersion.size === 0 || low.includes('.') || definitions.names.includes(low)) return null;
  if (heldParameter(low) !== null || Object.hasOwn(OWNED_PARAMETERS, low) || RECOVERY_PARAMETERS.includes(low))
    return null;
  if ([...keysBelow(''), ...keysBelow('postgresql')].some((row) => row.path.split('.').at(-1) === low)) return null;
  const meant = closest(low, definitions.names);
  const versions = [...definitions.byVersion.keys()].join(', ');
  const text = say`PostgreSQL ${versions} does not know ${name}: Patroni drops it silently`;
  return meant === null
    ? found('warning', 'unknown_parameter', at(name), text, remove(at(name)))
    : found(
        'error',
        'unknown_parameter',
        at(name),
        say`${text}. Did you mean ${meant}?`,
        move(context, at(name), at(meant)),
      );
};

/** Versions that know the name, versions that do not. */
const missingSomewhere: Judge = (context, name) => {
  const { definitions, settings } = context;
  const low = name.toLowerCase();
  if (low.includes('.') || !definitions.names.includes(low)) return null;
  const without = (settings?.members ?? []).filter(
    ({ version }) =>
      version !== null && definitions.byVersion.has(version) && definitionOn(definitions, version, low) === null,
  );
  if (without.length === 0 || heldParameter(low) !== null) return null;
  const names = without.map((member) => `${member.name} (${member.version})`).join(', ');
  return found('note', 'unknown_on_member', at(name), say`No effect on ${names}: that version does not know it`);
};

function fixFor(name: string, nearest: string | null): Fix | null {
  return nearest === null ? null : setTo(at(name), typed(nearest));
}

const FOLLOWS = {
  wrong_type: say`Patroni would drop it`,
  wrong_unit: say`Patroni would drop it`,
  not_in_enum: say`Patroni would drop it`,
  below_minimum: say`Patroni would raise it to that`,
  above_maximum: say`Patroni would lower it to that`,
} as const;

const range: Judge = (context, name, value) => {
  const { definitions } = context;
  // One problem is enough: the first version that refuses it.
  for (const [version] of definitions.byVersion) {
    const definition = definitionOn(definitions, version, name);
    if (definition === null) continue;
    const problem = checkSetting(value, definition);
    if (problem === null) continue;
    const follows = FOLLOWS[problem.code];
    return found(
      'error',
      problem.code,
      at(name),
      definitions.byVersion.size > 1
        ? say`${problem.text} on PostgreSQL ${version}. ${follows}`
        : say`${problem.text}. ${follows}`,
      fixFor(name, problem.nearest),
    );
  }
  return null;
};

const internal: Judge = (context, name) =>
  anyDefinition(context.definitions, name)?.context === 'internal'
    ? found('error', 'internal_parameter', at(name), say`${name} is read-only: it cannot be set`, remove(at(name)))
    : null;

const DESTINATIONS: readonly string[] = ['stderr', 'csvlog', 'jsonlog', 'syslog', 'eventlog'];
const DATE_WORDS = /^(iso|sql|postgres\w*|german|ymd|mdy|dmy|us|noneuro\w*|euro\w*|default)$/i;

/** Texts that only the server takes or refuses, at the reload or the restart. What has a fixed list is judged, the rest is said. */
const serverTexts: Judge = (context, name, value) => {
  const low = name.toLowerCase();
  if (typeof value !== 'string' || sameJson(value, valueAt(context.before, at(name)))) return null;
  const words = value.split(',').map((word) => word.trim());
  if (low === 'log_destination') {
    const wrong = words.find((word) => word !== '' && !DESTINATIONS.includes(word.toLowerCase()));
    return wrong === undefined
      ? null
      : found(
          'error',
          'not_in_enum',
          at(name),
          say`log_destination takes ${DESTINATIONS.join(', ')}: PostgreSQL would refuse ${wrong}`,
        );
  }
  if (low === 'datestyle') {
    const wrong = words.find((word) => !DATE_WORDS.test(word));
    return wrong === undefined
      ? null
      : found(
          'error',
          'not_in_enum',
          at(name),
          say`DateStyle takes ISO, SQL, Postgres or German, and YMD, MDY or DMY: PostgreSQL would refuse ${wrong}`,
        );
  }
  if (/^(timezone|log_timezone|lc_\w+|ssl_\w*file|ssl_crl_dir|timezone_abbreviations)$/.test(low))
    return found(
      'note',
      'unchecked_value',
      at(name),
      say`Not checked: whether ${leafText(value)} exists on each member shows only when PostgreSQL reads it; it keeps the old value else`,
    );
  return null;
};

/** The first one that speaks decides: what is dropped needs no range. */
const JUDGES: readonly Judge[] = [
  shape,
  owned,
  recovery,
  held,
  internal,
  unknownName,
  range,
  serverTexts,
  missingSomewhere,
];

function judged(context: CheckContext): readonly Found[] {
  const refused = context.facts.members.flatMap(({ patroniVersion }) => refusalsOf(context.value, patroniVersion));
  return Object.entries(parameters(context.value)).flatMap(([name, value]) => {
    if (refused.some(({ path }) => path[2] === name)) return [];
    for (const judge of JUDGES) {
      const problem = judge(context, name, value);
      if (problem !== null) return [problem];
    }
    return [];
  });
}

/** Parameter names are one whatever their case (CaseInsensitiveDict): the later one wins. */
function doubled(context: CheckContext): readonly Found[] {
  const seen = new Map<string, string>();
  return Object.keys(parameters(context.value)).flatMap((name) => {
    const first = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    return first === undefined
      ? []
      : [
          found(
            'error',
            'doubled_parameter',
            at(name),
            say`The same parameter as ${first}: only one of them counts`,
            remove(at(first)),
          ),
        ];
  });
}

/** What fails only at the restart, when it is too late. */
function restartTraps(context: CheckContext): readonly Found[] {
  const libraries = ['postgresql', 'parameters', 'shared_preload_libraries'];
  const now = valueAt(context.value, libraries);
  const problems: Found[] = [];
  if (now !== undefined && !sameJson(now, valueAt(context.before, libraries)))
    problems.push(
      found(
        'note',
        'found_at_restart',
        libraries,
        say`A library that is missing on a member shows only when it restarts and does not start again: restart one replica first`,
      ),
    );
  const senders = heldNumber(parameters(context.value).max_wal_senders, null);
  const standbys = Math.max(0, context.facts.members.length - 1);
  if (senders !== null && senders >= 3 && senders < standbys + 1)
    problems.push(
      found(
        'warning',
        'few_wal_senders',
        at('max_wal_senders'),
        say`${standbys} standbys and a base backup need ${standbys + 1}`,
      ),
    );
  return problems;
}

/** recovery_conf is not checked against pg_settings: Patroni has a table of its own for it. */
function recoveryConf(context: CheckContext): readonly Found[] {
  const conf = postgresql(context.value).recovery_conf;
  if (!isObject(conf)) return [];
  return Object.keys(conf).flatMap((name): readonly Found[] => {
    const path = ['postgresql', 'recovery_conf', name];
    const low = name.toLowerCase();
    if (isRecoveryTarget(low) && low !== 'recovery_target_timeline')
      return [
        found(
          'warning',
          'recovery_target',
          path,
          say`Replicas would stop at ${leafText(conf[name])} and not follow the leader`,
          remove(path),
        ),
      ];
    if (RECOVERY_PARAMETERS.includes(low) || low === 'primary_slot_name') return [];
    const meant = closest(low, RECOVERY_PARAMETERS);
    return [
      found(
        'warning',
        'unknown_parameter',
        path,
        meant === null
          ? say`${name} is not a recovery setting: Patroni drops it`
          : say`${name} is not a recovery setting: Patroni drops it. Did you mean ${meant}?`,
        meant === null ? remove(path) : move(context, path, ['postgresql', 'recovery_conf', meant]),
      ),
    ];
  });
}

export const PARAMETER_RULES: readonly CheckRule[] = [
  { meaning: 'A parameter that PostgreSQL or Patroni does not take as it is written.', find: judged },
  { meaning: 'One parameter written twice.', find: doubled },
  { meaning: 'What is found out only at a restart.', find: restartTraps },
  { meaning: 'Recovery settings that stop a replica or are dropped.', find: recoveryConf },
];
