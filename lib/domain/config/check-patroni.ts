// Rules about Patroni's own keys: types, floors, the ttl rule, synchronous mode, slots, and what must not be done by hand.

import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { isObject, list, patroniBoolean, text } from '../wire/loose';
import { slotNameOf } from '../wire/postgres';
import { leafText, sameJson } from './diff';
import { namesWithVersion, olderThan } from './facts';
import { PATRONI_KEYS, type PatroniKey } from './patroni-keys';
import { type CheckContext, type CheckRule, type Found, found, remove, setTo } from './problem';

/** As Python's int() reads it: null where it throws. */
function pythonInt(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : null;
}

/** `1MB` for a key that takes bytes, `5min` for one that takes seconds; null: no such text. */
function withUnit(value: unknown, unit: PatroniKey['unit']): number | null {
  const [, digits, name] = /^\s*(\d+)\s*([a-zA-Z]+)\s*$/.exec(String(value)) ?? [];
  const sizes =
    unit === 'bytes' ? { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } : { s: 1, min: 60, h: 3600, d: 86400 };
  const size = Object.entries(sizes).find(([key]) => key === name?.toLowerCase())?.[1];
  return unit === null || size === undefined ? null : Number(digits) * size;
}

function integerProblem(row: PatroniKey, path: readonly string[], value: unknown): readonly Found[] {
  const whole =
    typeof value === 'boolean' || (typeof value === 'number' && !Number.isInteger(value)) ? null : pythonInt(value);
  if (whole === null) {
    const near = typeof value === 'number' ? Math.trunc(value) : withUnit(value, row.unit);
    const follows = row.blocks
      ? say`every member would refuse this and all later changes of the configuration`
      : say`Patroni would use ${row.fallback ?? say`its default`} instead`;
    const asked =
      row.unit === null
        ? say`${row.path} takes a whole number: ${follows}`
        : row.unit === 's'
          ? say`${row.path} takes a whole number of seconds: ${follows}`
          : say`${row.path} takes a whole number of bytes: ${follows}`;
    const fix = near !== null ? setTo(path, near) : row.fallback === null ? null : setTo(path, Number(row.fallback));
    return [found('error', row.blocks ? 'blocks_configuration' : 'wrong_type', path, asked, fix)];
  }
  if (row.floor === null || whole >= row.floor) return [];
  if (row.below === 'floor')
    return [
      found(
        'error',
        'below_floor',
        path,
        say`Below Patroni's minimum, ${row.floor}: since 3.2 it would silently become ${row.floor}`,
        setTo(path, row.floor),
      ),
    ];
  return [found('error', 'below_floor', path, say`${row.path} is at least ${row.floor}`, setTo(path, row.floor))];
}

function typeProblem(row: PatroniKey, path: readonly string[], value: unknown): readonly Found[] {
  const wrong = (what: Text, fix = null as Found['fix']): readonly Found[] => [
    found('error', 'wrong_type', path, say`${row.path} takes ${what}`, fix),
  ];
  switch (row.type) {
    case 'integer':
      return integerProblem(row, path, value);
    case 'boolean':
      return patroniBoolean(value) === null
        ? wrong(say`true or false`, row.fallback === null ? null : setTo(path, row.fallback === 'true'))
        : [];
    case 'choice':
      return [];
    case 'object':
      return isObject(value) ? [] : wrong(say`an object`);
    case 'list':
      // Written as one text with commas it is taken too, except for lines of a file.
      return Array.isArray(value) || (typeof value === 'string' && row.path.endsWith('_methods'))
        ? []
        : wrong(say`a list`);
    case 'text':
      return typeof value === 'string' ? [] : wrong(say`a string`);
    case 'scalar':
      return row.path === 'postgresql.basebackup' || !(typeof value === 'object') ? [] : wrong(say`a single value`);
  }
}

function typesAndVersions(context: CheckContext): readonly Found[] {
  return PATRONI_KEYS.flatMap((row) => {
    const path = row.path.split('.');
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), context.value);
    const name = path.at(-1) ?? '';
    if (!isObject(parent) || !Object.hasOwn(parent, name)) return [];
    const value = parent[name];
    // Said by the rules of structure.
    if (
      value === null ||
      row.path === 'postgresql' ||
      row.path === 'postgresql.parameters' ||
      /\.pg_(hba|ident)/.test(row.path)
    )
      return [];
    const old = row.since === null ? [] : olderThan(context.facts, row.since);
    const version =
      old.length === 0 || row.path === 'failsafe_mode'
        ? []
        : [found('warning', 'too_new', path, say`Ignored before Patroni ${row.since ?? ''}: ${namesWithVersion(old)}`)];
    return [...typeProblem(row, path, value), ...version];
  });
}

const TIMES = { ttl: 30, loop_wait: 10, retry_timeout: 10 } as const;

function seconds(context: CheckContext, name: keyof typeof TIMES): number | null {
  const { value } = context;
  return Object.hasOwn(value, name) && value[name] !== null ? pythonInt(value[name]) : TIMES[name];
}

/** config.py _validate_and_adjust_timeouts, v4.1.5; since 3.2.0. */
function ttlRule(context: CheckContext): readonly Found[] {
  const [ttl, loop, retry] = [
    seconds(context, 'ttl'),
    seconds(context, 'loop_wait'),
    seconds(context, 'retry_timeout'),
  ];
  // A value below its floor is said by itself first.
  if (ttl === null || loop === null || retry === null || ttl < 20 || loop < 1 || retry < 3) return [];
  const needed = loop + 2 * retry;
  if (needed <= ttl) return [];
  const changed = (Object.keys(TIMES) as (keyof typeof TIMES)[]).filter(
    (name) => !sameJson(context.value[name], context.before[name]),
  );
  const at = changed.find((name) => name !== 'ttl') ?? changed[0] ?? 'ttl';
  const room = Math.floor((ttl - loop) / 2);
  const lowered = ttl - 2 * retry;
  const adjusts =
    lowered >= 1
      ? say`lower loop_wait to ${lowered} s`
      : say`lower loop_wait to 1 s and retry_timeout to ${Math.floor((ttl - 1) / 2)} s`;
  const old = olderThan(context.facts, '3.2.0');
  const follows =
    old.length === 0
      ? say`Patroni would ${adjusts}`
      : say`${namesWithVersion(old)} would let the leader key run out while still retrying; from 3.2 on Patroni would ${adjusts}`;
  const fix =
    at === 'retry_timeout' && room >= 3
      ? setTo(['retry_timeout'], room)
      : at === 'loop_wait' && lowered >= 1
        ? setTo(['loop_wait'], lowered)
        : { label: say`Set ttl ${needed}`, edits: [{ path: ['ttl'], value: needed }] };
  return [
    found(
      'error',
      'ttl_rule',
      [at],
      say`loop_wait + 2 × retry_timeout = ${needed} s is more than ttl ${ttl} s. ${follows}`,
      fix,
    ),
  ];
}

/** In force, as the newest Patroni reads it. */
export function synchronousModeOf(value: Readonly<Record<string, unknown>>): 'off' | 'on' | 'quorum' {
  const said = value.synchronous_mode;
  if (typeof said === 'string' && said.toLowerCase() === 'quorum') return 'quorum';
  return patroniBoolean(said) === true ? 'on' : 'off';
}

function synchronousMode(context: CheckContext): readonly Found[] {
  const path = ['synchronous_mode'];
  const said = context.value.synchronous_mode;
  if (said === undefined || said === null) return [];
  const mode = synchronousModeOf(context.value);
  if (mode === 'off' && patroniBoolean(said) === null)
    return [
      found(
        'error',
        'wrong_type',
        path,
        say`synchronous_mode takes true, false or quorum: ${leafText(said)} is read as off`,
        setTo(path, true),
      ),
    ];
  if (mode !== 'quorum') return [];
  const old = olderThan(context.facts, '4.0.0');
  return old.length === 0
    ? []
    : [
        found(
          'error',
          'quorum_too_new',
          path,
          say`Patroni before 4.0 reads quorum as off: ${namesWithVersion(old)}`,
          setTo(path, true),
        ),
      ];
}

function strictMode(context: CheckContext): readonly Found[] {
  const path = ['synchronous_mode_strict'];
  if (patroniBoolean(context.value.synchronous_mode_strict) !== true) return [];
  if (synchronousModeOf(context.value) === 'off')
    return [found('warning', 'strict_without_sync', path, say`No effect while synchronous_mode is off`)];
  const { members, leader } = context.facts;
  if (members.length === 0) return [];
  const standbys = members.filter((member) => member.name !== leader && member.maySync);
  const streaming = standbys.filter((member) => member.streams !== false);
  if (streaming.length === 0)
    return [
      found(
        'error',
        'strict_stops_writes',
        path,
        say`No standby that could be synchronous streams now: every write would wait at once`,
        setTo(path, false),
      ),
    ];
  if (streaming.length === 1)
    return [
      found(
        'warning',
        'strict_one_standby',
        path,
        say`Only ${joinNames(streaming.map(({ name }) => name))} can be synchronous: while it is away every write waits`,
      ),
    ];
  return [];
}

function nodeCount(context: CheckContext): readonly Found[] {
  const count = pythonInt(context.value.synchronous_node_count);
  const { members, leader } = context.facts;
  if (count === null || count < 1 || synchronousModeOf(context.value) === 'off' || members.length === 0) return [];
  const standbys = members.filter((member) => member.name !== leader && member.maySync).length;
  return count <= standbys
    ? []
    : [
        found(
          'warning',
          'sync_count_high',
          ['synchronous_node_count'],
          standbys === 1
            ? say`Asks for ${count} sync standbys, there is ${standbys}: Patroni takes what it finds`
            : say`Asks for ${count} sync standbys, there are ${standbys}: Patroni takes what it finds`,
        ),
      ];
}

const GIB = 1024 ** 3;

function lagLimit(context: CheckContext): readonly Found[] {
  const limit = pythonInt(context.value.maximum_lag_on_failover);
  const path = ['maximum_lag_on_failover'];
  if (limit === 0)
    return [
      found(
        'warning',
        'lag_limit_zero',
        path,
        say`Only a replica without any lag could take over: on a busy cluster often none`,
      ),
    ];
  if (limit !== null && limit >= GIB)
    return [
      found('warning', 'lag_limit_high', path, say`A failover may lose up to ${Math.round(limit / GIB)} GiB of WAL`),
    ];
  return [];
}

function failsafe(context: CheckContext): readonly Found[] {
  if (patroniBoolean(context.value.failsafe_mode) !== true) return [];
  const old = olderThan(context.facts, '3.0.0');
  return old.length === 0
    ? []
    : [
        found(
          'error',
          'failsafe_too_new',
          ['failsafe_mode'],
          say`All members must run Patroni 3.0 or newer: ${namesWithVersion(old)}`,
          setTo(['failsafe_mode'], false),
        ),
      ];
}

const SLOT_KEYS = ['slots', 'permanent_slots', 'permanent_replication_slots'] as const;

function permanentSlots(context: CheckContext): readonly Found[] {
  return SLOT_KEYS.flatMap((key) => {
    const slots = context.value[key];
    if (!isObject(slots)) return [];
    return Object.entries(slots).flatMap(([name, slot]) => oneSlot(context, [key, name], name, slot));
  });
}

function oneSlot(context: CheckContext, path: readonly string[], name: string, slot: unknown): readonly Found[] {
  if (!/^[a-z0-9_]{1,63}$/.test(name))
    return [
      found(
        'error',
        'slot_name',
        path,
        say`A slot's name has 1 to 63 lower case letters, digits and underscores; Patroni ignores ${name}`,
      ),
    ];
  if (slot === null || slot === undefined) return [];
  if (!isObject(slot))
    return [
      found(
        'error',
        'slot_shape',
        path,
        say`Slot ${name} takes an object such as {type: physical}; Patroni ignores it`,
      ),
    ];
  const type = text(slot.type) ?? (slot.database && slot.plugin ? 'logical' : 'physical');
  if (type !== 'physical' && type !== 'logical')
    return [
      found(
        'error',
        'slot_type',
        [...path, 'type'],
        say`A slot is physical or logical; Patroni ignores ${leafText(slot.type)}`,
      ),
    ];
  if (type === 'logical') {
    const missing = ['database', 'plugin'].filter((field) => text(slot[field]) === null);
    if (missing.length > 0)
      return [found('error', 'slot_shape', path, say`A logical slot needs ${missing.join(' and ')}`)];
  }
  const owner = context.facts.members.find((member) => slotNameOf(member.name) === name);
  if (owner === undefined) return [];
  return [
    type === 'logical'
      ? found(
          'error',
          'slot_collision',
          path,
          say`${owner.name}'s own slot has this name: Patroni ignores the logical one`,
        )
      : found(
          'note',
          'slot_collision',
          path,
          say`${owner.name}'s own slot has this name: it is kept while ${owner.name} is away`,
        ),
  ];
}

function ignoredSlots(context: CheckContext): readonly Found[] {
  const known = ['name', 'type', 'database', 'plugin'];
  return list(context.value.ignore_slots).flatMap((matcher, index): readonly Found[] => {
    const path = ['ignore_slots', index];
    if (!isObject(matcher))
      return [found('error', 'slot_shape', path, say`Takes objects such as {name: slot1, type: physical}`)];
    const strange = Object.keys(matcher).find((name) => !known.includes(name));
    if (strange !== undefined)
      return [
        found(
          'warning',
          'unknown_key',
          [...path, strange],
          say`Patroni compares ${known.join(', ')} only; with ${strange} no slot matches`,
        ),
      ];
    return Object.keys(matcher).length > 0
      ? []
      : [found('warning', 'matches_all', path, say`An empty matcher matches every slot`)];
  });
}

function isActive(value: unknown): boolean {
  return isObject(value) && Boolean(value.host || value.port || value.restore_command);
}

function standbyCluster(context: CheckContext): readonly Found[] {
  const path = ['standby_cluster'];
  const [was, is] = [context.before.standby_cluster, context.value.standby_cluster];
  if (sameJson(was, is)) return [];
  if (!isActive(was) && isActive(is))
    return [
      found(
        'error',
        'standby_by_hand',
        path,
        say`Makes the leader a standby at once, without a clean stop: use Demote cluster`,
        remove(path),
      ),
    ];
  if (isActive(was) && !isActive(is))
    return [
      found(
        'error',
        'standby_by_hand',
        path,
        say`Promotes this cluster at once: use Promote cluster`,
        setTo(path, was),
      ),
    ];
  if (isObject(is) && !isActive(is))
    return [
      found('warning', 'standby_inactive', path, say`No effect without host, port or restore_command`, remove(path)),
    ];
  return [found('warning', 'standby_changed', path, say`Changes where the standby leader follows`)];
}

function pauseByHand(context: CheckContext): readonly Found[] {
  const [was, is] = [patroniBoolean(context.before.pause) === true, patroniBoolean(context.value.pause) === true];
  if (was === is) return [];
  const path = ['pause'];
  return is
    ? [
        found(
          'warning',
          'pause_by_hand',
          path,
          say`Stops automatic failover without an owner or an end: use Pause`,
          remove(path),
        ),
      ]
    : [
        found(
          'warning',
          'resume_by_hand',
          path,
          say`Resumes automatic failover: use Resume`,
          setTo(path, context.before.pause),
        ),
      ];
}

export const PATRONI_RULES: readonly CheckRule[] = [
  { meaning: 'A value of the wrong type is ignored, or stops all configuration.', find: typesAndVersions },
  { meaning: 'The leader key must outlive one loop with two retries.', find: ttlRule },
  { meaning: 'synchronous_mode is on, off or, from 4.0, quorum.', find: synchronousMode },
  { meaning: 'Strict mode without a sync standby stops all writes.', find: strictMode },
  { meaning: 'More sync standbys than there are.', find: nodeCount },
  { meaning: 'The lag limit is what a failover may lose.', find: lagLimit },
  { meaning: 'Failsafe mode needs every member to know it.', find: failsafe },
  { meaning: 'Permanent slots that Patroni would ignore.', find: permanentSlots },
  { meaning: 'Matchers of slots that match nothing or everything.', find: ignoredSlots },
  { meaning: 'Editing standby_cluster demotes or promotes the whole cluster.', find: standbyCluster },
  { meaning: 'Pause by hand has no owner, reason or end.', find: pauseByHand },
];
