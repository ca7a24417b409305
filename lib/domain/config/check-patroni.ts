// Rules about Patroni's own keys: types, floors, the ttl rule, synchronous mode, slots, and what must not be done by hand.

import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { synchronousMode } from '../wire/dcs';
import { isObject, patroniBoolean, patroniInt, pythonInt } from '../wire/loose';
import { refusals, withUnit } from './check-refusals';
import { ignoredSlots, permanentSlots } from './check-slots';
import { leafText, sameJson } from './diff';
import { namesWithVersion, olderThan } from './facts';
import { PATRONI_KEYS, type PatroniKey } from './patroni-keys';
import { type CheckContext, type CheckRule, type Found, found, remove, setTo } from './problem';
import { TIMEOUT_FLOORS, TIMEOUTS, type Timeouts } from './timeouts';

function integerProblem(
  row: PatroniKey,
  path: readonly string[],
  value: unknown,
  { facts }: CheckContext,
): readonly Found[] {
  const whole =
    typeof value === 'boolean' || (typeof value === 'number' && !Number.isInteger(value)) ? null : pythonInt(value);
  if (whole === null) {
    const near = typeof value === 'number' ? Math.trunc(value) : withUnit(value, row.unit);
    const follows =
      typeof value === 'number'
        ? say`Patroni would round it`
        : say`Patroni would use ${row.fallback ?? say`its default`} instead`;
    const asked =
      row.unit === null
        ? say`${row.path} takes a whole number: ${follows}`
        : row.unit === 's'
          ? say`${row.path} takes a whole number of seconds: ${follows}`
          : say`${row.path} takes a whole number of bytes: ${follows}`;
    const fix = near !== null ? setTo(path, near) : row.fallback === null ? null : setTo(path, Number(row.fallback));
    return [found('error', 'wrong_type', path, asked, fix)];
  }
  if (row.floor === null || whole >= row.floor) return [];
  if (row.below === 'floor') {
    // config.py _validate_and_adjust_timeouts: there since 3.2.0, neither in 3.0.2 nor in 3.1.2.
    const old = olderThan(facts, '3.2.0');
    const text =
      old.length === 0
        ? say`Below Patroni's minimum, ${row.floor}: it would silently become ${row.floor}`
        : say`Below Patroni's minimum, ${row.floor}: since 3.2 it would silently become ${row.floor}, ${namesWithVersion(old)} would take it as it is`;
    return [found('error', 'below_floor', path, text, setTo(path, row.floor))];
  }
  return [found('error', 'below_floor', path, say`${row.path} is at least ${row.floor}`, setTo(path, row.floor))];
}

function typeProblem(
  row: PatroniKey,
  path: readonly string[],
  value: unknown,
  context: CheckContext,
): readonly Found[] {
  const wrong = (what: Text, fix = null as Found['fix']): readonly Found[] => [
    found('error', 'wrong_type', path, say`${row.path} takes ${what}`, fix),
  ];
  switch (row.type) {
    case 'integer':
      return integerProblem(row, path, value, context);
    case 'boolean':
      return patroniBoolean(value) === null
        ? wrong(say`true or false`, row.fallback === null ? null : setTo(path, row.fallback === 'true'))
        : truthProblem(row, path, value, context);
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

/** `use_pg_rewind: 'no'` turns it on: Patroni asks whether there is a text. */
function truthProblem(
  { truth, path: name }: PatroniKey,
  path: readonly string[],
  value: unknown,
  { facts }: CheckContext,
): readonly Found[] {
  const means = patroniBoolean(value);
  if (truth === null || typeof value !== 'string' || means !== false) return [];
  const old = truth === 'always' ? facts.members : olderThan(facts, truth);
  if (truth !== 'always' && old.length === 0) return [];
  return [
    found(
      'error',
      'text_is_true',
      path,
      truth === 'always'
        ? say`${name} is a text: Patroni takes every text for true, also ${leafText(value)}`
        : say`${name} is a text: ${namesWithVersion(old)} would take it for true`,
      setTo(path, means),
    ),
  ];
}

function typesAndVersions(context: CheckContext): readonly Found[] {
  const refused = refusals(context);
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
      refused.some((problem) => problem.path.join('.') === row.path) ||
      /\.pg_(hba|ident)/.test(row.path)
    )
      return [];
    const old = row.since === null ? [] : olderThan(context.facts, row.since);
    const version =
      old.length === 0 || row.path === 'failsafe_mode'
        ? []
        : [found('warning', 'too_new', path, say`Ignored before Patroni ${row.since ?? ''}: ${namesWithVersion(old)}`)];
    return [...typeProblem(row, path, value, context), ...version];
  });
}

function seconds(context: CheckContext, name: keyof Timeouts): number | null {
  const { value } = context;
  return Object.hasOwn(value, name) && value[name] !== null ? pythonInt(value[name]) : TIMEOUTS[name];
}

/** config.py _validate_and_adjust_timeouts, v4.1.5; since 3.2.0. */
function ttlRule(context: CheckContext): readonly Found[] {
  const [ttl, loop, retry] = [
    seconds(context, 'ttl'),
    seconds(context, 'loop_wait'),
    seconds(context, 'retry_timeout'),
  ];
  // A value below its floor is said by itself first.
  if (ttl === null || loop === null || retry === null || ttl < TIMEOUT_FLOORS.ttl) return [];
  if (loop < TIMEOUT_FLOORS.loop_wait || retry < TIMEOUT_FLOORS.retry_timeout) return [];
  const needed = loop + 2 * retry;
  if (needed <= ttl) return [];
  const changed = (Object.keys(TIMEOUTS) as (keyof Timeouts)[]).filter(
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

function synchronousModeCheck(context: CheckContext): readonly Found[] {
  const path = ['synchronous_mode'];
  const said = context.value.synchronous_mode;
  if (said === undefined || said === null) return [];
  const mode = synchronousMode(context.value);
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
  if (synchronousMode(context.value) === 'off')
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
  const count = patroniInt(context.value.synchronous_node_count);
  const { members, leader } = context.facts;
  if (count === null || count < 1 || synchronousMode(context.value) === 'off' || members.length === 0) return [];
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
  const limit = patroniInt(context.value.maximum_lag_on_failover);
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
  { meaning: 'A value that makes a Patroni refuse this and all later configurations.', find: refusals },
  { meaning: 'A value of the wrong type is ignored.', find: typesAndVersions },
  { meaning: 'The leader key must outlive one loop with two retries.', find: ttlRule },
  { meaning: 'synchronous_mode is on, off or, from 4.0, quorum.', find: synchronousModeCheck },
  { meaning: 'Strict mode without a sync standby stops all writes.', find: strictMode },
  { meaning: 'More sync standbys than there are.', find: nodeCount },
  { meaning: 'The lag limit is what a failover may lose.', find: lagLimit },
  { meaning: 'Failsafe mode needs every member to know it.', find: failsafe },
  { meaning: 'Permanent slots that Patroni would ignore.', find: permanentSlots },
  { meaning: 'Matchers of slots that match nothing or everything.', find: ignoredSlots },
  { meaning: 'Editing standby_cluster demotes or promotes the whole cluster.', find: standbyCluster },
  { meaning: 'Pause by hand has no owner, reason or end.', find: pauseByHand },
];
