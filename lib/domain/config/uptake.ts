// After a save: which members have taken it up, and which have not and why. Judged by pg_settings read after the save and by the
// pending restarts; what Patroni keeps to itself is said to be so. Pure.

import { joinNames } from '../../language/quantity';
import { distinct, joined, say, type Text } from '../../language/sentence';
import type { JsonObject } from '../wire/loose';
import type { LeafChange } from './diff';
import { asKeepSize, effectsOf, type LeafEffect } from './effects';
import type { ConfigFacts } from './facts';
import { definitionOn, definitionsOf, formatSetting, mayBeSame, type Settings } from './guc';
import { heldParameter } from './patroni-keys';

/** Best first. */
export type UptakeState = 'taken' | 'ignored' | 'pending_restart' | 'waiting' | 'unknown';

export interface MemberUptake {
  readonly member: string;
  readonly state: UptakeState;
  /** `work_mem is 32MB`, `max_connections waits for a restart: 200, new 400`. */
  readonly text: Text;
}

export interface UptakeContext {
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** The newest; what is older than the save says nothing. */
  readonly settings: Settings | null;
  readonly facts: ConfigFacts;
  /** When the new revision was stored. */
  readonly savedAt: number;
  readonly now: number;
  readonly loopWaitSeconds: number;
  /** Members with a parameter that waits for a restart, by Patroni or pg_settings. */
  readonly pending: Readonly<Record<string, readonly string[]>>;
  /** Members nobody can ask now. */
  readonly silent: readonly string[];
}

/** Patroni writes, reloads and looks again within a loop; a few seconds more for the reading of pg_settings. */
const GRACE_MS = 6000;

/** Sources that speak of the session in which pg_settings was read and hide what the server has. */
const OUR_OWN: readonly string[] = ['client', 'session', 'user', 'database', 'database user', 'interactive'];

export function uptakeOf(changed: readonly LeafChange[], context: UptakeContext): readonly MemberUptake[] {
  const definitions = definitionsOf(context.settings);
  const changes = changed.flatMap((change) => {
    const size = asKeepSize(change, context, definitions);
    return size === 'shadowed' ? [] : [size ?? change];
  });
  const effects = effectsOf(changes, context).filter((entry) => entry.effect !== 'none' || entry.ignoring.length > 0);
  return context.facts.members.map(({ name }) => memberUptake(name, effects, context));
}

interface Leaf {
  readonly state: UptakeState;
  readonly text: Text;
}

const WORST: readonly UptakeState[] = ['unknown', 'waiting', 'pending_restart', 'ignored', 'taken'];

function memberUptake(member: string, effects: readonly LeafEffect[], context: UptakeContext): MemberUptake {
  if (context.silent.includes(member)) return { member, state: 'unknown', text: say`does not answer` };
  if (effects.length === 0) return { member, state: 'taken', text: say`nothing to apply` };
  const leaves = effects.map((entry) => leafUptake(member, entry, context));
  const state = WORST.find((word) => leaves.some((leaf) => leaf.state === word)) ?? 'taken';
  const said = distinct(leaves.filter((leaf) => leaf.state === state).map((leaf) => leaf.text));
  return { member, state, text: joined(said, '; ') };
}

function overdue(context: UptakeContext): boolean {
  return context.now - context.savedAt > context.loopWaitSeconds * 1000 + GRACE_MS;
}

function leafUptake(member: string, entry: LeafEffect, context: UptakeContext): Leaf {
  const { name } = entry;
  const isParameter = entry.path[0] === 'postgresql' && entry.path[1] === 'parameters';
  if (!isParameter || name.includes('.')) {
    if (!overdue(context)) return { state: 'waiting', text: say`${name}: read within one loop` };
    return { state: 'taken', text: say`${name}: a loop has passed; Patroni does not show more` };
  }
  if (context.pending[member]?.includes(name) === true)
    return { state: 'pending_restart', text: say`${name} waits for a restart` };
  const { settings } = context;
  const answer = settings?.members.find((other) => other.name === member);
  if (settings === null || answer === undefined || answer.version === null)
    return { state: 'unknown', text: say`${name}: ${answer?.problem ?? say`pg_settings not read`}` };
  if (settings.at <= context.savedAt) return { state: 'waiting', text: say`${name}: not read again yet` };
  const definition = definitionOn(definitionsOf(settings), answer.version, name);
  if (definition === null)
    return { state: 'ignored', text: say`${name}: PostgreSQL ${answer.version} does not know it` };
  const now = answer.values.find((value) => value.name.toLowerCase() === name.toLowerCase());
  const wanted = entry.after ?? heldParameter(name)?.fallback ?? definition.bootValue;
  const setting = now?.setting ?? definition.bootValue;
  const shown = now?.shown ?? (setting === null ? 'unknown' : formatSetting(setting, definition));
  if (setting !== null && mayBeSame(setting, wanted, definition))
    return { state: 'taken', text: say`${name} is ${shown}` };
  if (now !== undefined && OUR_OWN.includes(now.source))
    return overdue(context)
      ? { state: 'taken', text: say`${name}: a loop has passed; Howdah's own session has ${shown}` }
      : { state: 'waiting', text: say`${name}: read within one loop` };
  // Judged with the new pg_settings, where a member that took the change also differs from what was stored before.
  const local = entry.ignoring.find((other) => other.member === member);
  if (local !== undefined) return { state: 'ignored', text: say`${name}: ${local.reason}` };
  if (now?.pendingRestart === true || entry.effect === 'restart')
    return overdue(context) || now?.pendingRestart === true
      ? { state: 'pending_restart', text: say`${name} waits for a restart: still ${shown}` }
      : { state: 'waiting', text: say`${name}: still ${shown}` };
  if (!overdue(context)) return { state: 'waiting', text: say`${name}: still ${shown}` };
  // Without a stored value before nothing told that a local one would win: now it shows.
  return entry.before === undefined && now !== undefined
    ? { state: 'ignored', text: say`${name} is ${shown}: a local file or ALTER SYSTEM sets it` }
    : { state: 'waiting', text: say`${name} is still ${shown}, longer than a loop` };
}

/** `Taken by n1 and n2. Not by n3: ...`, for the header of the panel. */
export function uptakeWords(members: readonly MemberUptake[]): Text {
  const taken = members.filter((entry) => entry.state === 'taken').map((entry) => entry.member);
  const rest = members.filter((entry) => entry.state !== 'taken').map((entry) => entry.member);
  if (rest.length === 0) return say`applied by all ${members.length} members`;
  return taken.length === 0
    ? say`not yet applied by ${joinNames(rest)}`
    : say`applied by ${joinNames(taken)}, not by ${joinNames(rest)}`;
}
