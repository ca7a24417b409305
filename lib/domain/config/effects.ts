// What saving would do, leaf by leaf: reload, restart of whom in which order, the next loop, or nothing and why. Judged by the
// live pg_settings of each member. Pure.

import { joinNames } from '../../language/quantity';
import { agree, joined, say, type Text } from '../../language/sentence';
import { synchronousMode } from '../wire/dcs';
import { isObject, type JsonObject } from '../wire/loose';
import { type LeafChange, leafName, valueAt } from './diff';
import type { ConfigFacts } from './facts';
import {
  anyDefinition,
  type Definitions,
  definitionOn,
  definitionsOf,
  formatSetting,
  mayBeSame,
  parseSetting,
  type SettingDefinition,
  type Settings,
  sameSetting,
} from './guc';
import { heldParameter, isRecoveryTarget, OWNED_PARAMETERS, patroniKey, RECOVERY_PARAMETERS } from './patroni-keys';

/** session: only connections made afterwards have it. unknown: pg_settings could not be read. */
export type EffectKind = 'restart' | 'reload' | 'session' | 'next_loop' | 'none' | 'unknown';

export interface LeafEffect extends LeafChange {
  /** Short: `work_mem`, `postgresql.use_slots`. */
  readonly name: string;
  readonly effect: EffectKind;
  /** Who takes it. */
  readonly members: readonly string[];
  /** Who does not, because something of its own wins. */
  readonly ignoring: readonly { readonly member: string; readonly reason: Text }[];
  /** One line: whom it concerns, in which order, or why nothing happens. */
  readonly text: Text;
}

export interface EffectContext {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly settings: Settings | null;
  readonly facts: ConfigFacts;
  /** When `before` was stored, where that is known: members read soon after it have not taken it up yet. */
  readonly storedAt?: number | null;
}

/** A loop and the reading of pg_settings. */
const TAKEN_UP_MS = 25_000;

type Judged = Pick<LeafEffect, 'effect' | 'members' | 'ignoring' | 'text'>;

export function effectsOf(changes: readonly LeafChange[], context: EffectContext): readonly LeafEffect[] {
  const definitions = definitionsOf(context.settings);
  return changes.map((change) => ({ ...change, name: leafName(change.path), ...judge(change, context, definitions) }));
}

function judge(change: LeafChange, context: EffectContext, definitions: Definitions): Judged {
  const [first, second, third] = change.path;
  const everybody = context.facts.members.map((member) => member.name);
  if (printsTheSame(change.before, change.after)) return none(say`prints the same: Patroni sees no change`);
  if (first === 'postgresql' && second === 'parameters' && third !== undefined)
    return judgeParameter(change, String(third), context, definitions);
  if (first === 'postgresql' && second === 'recovery_conf')
    return { ...effect('reload', others(context)), text: say`replicas and standby leader` };
  if (first === 'postgresql' && /^pg_(hba|ident)/.test(String(second)))
    return judgeLines(String(second), context, everybody);
  const row = patroniKey([first ?? '', ...(first === 'postgresql' && second !== undefined ? [second] : [])]);
  if (row === null) return none(say`Patroni does not know it`);
  if (row.fallback !== null && change.path.join('.') === row.path) {
    const inForce = (value: unknown): string => String(value ?? row.fallback);
    if (inForce(change.before) === inForce(change.after)) return none(say`it is the default`);
  }
  return { ...effect('next_loop', everybody), text: WORDS[String(first)] ?? say`all members, no reload` };
}

const WORDS: Readonly<Record<string, Text>> = {
  synchronous_mode: say`the leader rewrites synchronous_standby_names`,
  synchronous_mode_strict: say`the leader rewrites synchronous_standby_names`,
  synchronous_node_count: say`the leader rewrites synchronous_standby_names`,
  standby_cluster: say`the leader changes its role`,
  slots: say`slots are made or dropped`,
  permanent_slots: say`slots are made or dropped`,
  pause: say`all members`,
};

function effect(kind: EffectKind, members: readonly string[]): Omit<Judged, 'text'> {
  return { effect: kind, members, ignoring: [] };
}

function none(text: Text): Judged {
  return { ...effect('none', []), text };
}

function others(context: EffectContext): readonly string[] {
  return context.facts.members.map((member) => member.name).filter((name) => name !== context.facts.leader);
}

/** patch_config compares Python's str() of both; true and the text true differ there. */
function printsTheSame(a: unknown, b: unknown): boolean {
  const scalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
  return scalar(a) && scalar(b) && String(a) === String(b);
}

function judgeLines(name: string, context: EffectContext, everybody: readonly string[]): Judged {
  const file = name.startsWith('pg_hba') ? 'hba_file' : 'ident_file';
  if (valueAt(context.after, ['postgresql', 'parameters', file]) !== undefined)
    return none(say`not used while ${file} is set`);
  return { ...effect('reload', everybody), text: say`all members without ${name} in a local file` };
}

/**
 * From PostgreSQL 13 on Patroni turns wal_keep_segments into wal_keep_size, 16 MB a segment, where that is not set itself
 * (postgresql/config.py get_server_parameters, v4.1.5). null: another parameter, or a version that has segments.
 */
export function asKeepSize(
  { path, before, after }: LeafChange,
  { after: document }: Pick<EffectContext, 'after'>,
  definitions: Definitions,
): LeafChange | 'shadowed' | null {
  const name = String(path[2]).toLowerCase();
  if (name !== 'wal_keep_segments' || anyDefinition(definitions, name) !== null) return null;
  const parameters = valueAt(document, ['postgresql', 'parameters']);
  if (isObject(parameters) && Object.keys(parameters).some((key) => key.toLowerCase() === 'wal_keep_size'))
    return 'shadowed';
  const size = (segments: unknown): unknown => (segments === undefined ? undefined : `${Number(segments) * 16}MB`);
  return { path: ['postgresql', 'parameters', 'wal_keep_size'], before: size(before), after: size(after) };
}

function judgeParameter(change: LeafChange, name: string, context: EffectContext, definitions: Definitions): Judged {
  const low = name.toLowerCase();
  const everybody = context.facts.members.map((member) => member.name);
  if (Object.hasOwn(OWNED_PARAMETERS, low)) return none(say`Patroni owns it`);
  if (low === 'synchronous_standby_names' && synchronousMode(context.after) !== 'off')
    return none(say`Patroni owns it`);
  if (RECOVERY_PARAMETERS.includes(low) || isRecoveryTarget(low)) return none(say`Patroni drops it here`);
  const definition = anyDefinition(definitions, low);
  if (definitions.byVersion.size === 0)
    return { ...effect('unknown', everybody), text: say`pg_settings could not be read` };
  const size = asKeepSize(change, context, definitions);
  if (size === 'shadowed') return none(say`ignored beside wal_keep_size`);
  if (size !== null) return judgeParameter(size, 'wal_keep_size', context, definitions);
  if (definition === null) {
    if (low.includes('.'))
      return { ...effect('reload', everybody), text: say`all members, once its extension is loaded` };
    return none(say`PostgreSQL does not know it: dropped`);
  }
  if (definition.context === 'internal') return none(say`it cannot be set`);
  const [was, is] = [valueInForce(change.before, definition), valueInForce(change.after, definition)];
  if (sameSetting(was, is, definition)) {
    const both = change.before !== undefined && change.after !== undefined;
    return none(both ? say`equal in effect` : say`it is the default`);
  }
  return byMember(change, definition, context, definitions);
}

/** A removed parameter falls back to Patroni's default where it has one, else to PostgreSQL's. */
function valueInForce(value: unknown, definition: SettingDefinition): unknown {
  if (value !== undefined) return value;
  return heldParameter(definition.name)?.fallback ?? definition.bootValue;
}

function byMember(
  change: LeafChange,
  definition: SettingDefinition,
  context: EffectContext,
  definitions: Definitions,
): Judged {
  const ignoring: { member: string; reason: Text }[] = [];
  const taking: string[] = [];
  for (const { name } of context.facts.members) {
    const reason = whyIgnored(name, change, definition, context, definitions);
    if (reason === null) taking.push(name);
    else ignoring.push({ member: name, reason });
  }
  const refusals = joined(
    ignoring.map(({ member, reason }) => say`${member}: ${reason}`),
    '; ',
  );
  if (taking.length === 0 && ignoring.length > 0) return { effect: 'none', members: [], ignoring, text: refusals };
  const kind = KIND[definition.context] ?? 'reload';
  const words = kind === 'restart' ? restartWords(change, definition, taking, context) : takersWords(taking, context);
  return {
    effect: kind,
    members: taking,
    ignoring,
    text: ignoring.length === 0 ? words : say`${refusals}. Others: ${words}`,
  };
}

const KIND: Readonly<Record<string, EffectKind>> = {
  postmaster: 'restart',
  sighup: 'reload',
  backend: 'session',
  'superuser-backend': 'session',
};

function takersWords(taking: readonly string[], context: EffectContext): Text {
  return taking.length === context.facts.members.length ? say`all members` : joinNames(taking);
}

function whyIgnored(
  member: string,
  change: LeafChange,
  definition: SettingDefinition,
  context: EffectContext,
  definitions: Definitions,
): Text | null {
  const answer = context.settings?.members.find((entry) => entry.name === member);
  if (answer === undefined || answer.version === null || !definitions.byVersion.has(answer.version)) return null;
  const own = definitionOn(definitions, answer.version, definition.name);
  if (own === null) return say`PostgreSQL ${answer.version} does not know it`;
  // Only the DCS can set these: nothing local wins.
  if (heldParameter(definition.name) !== null || typeof change.before === 'object') return null;
  const { storedAt = null, settings } = context;
  if (storedAt !== null && settings !== null && settings.at < storedAt + TAKEN_UP_MS) return null;
  const now = answer.values.find((value) => value.name.toLowerCase() === definition.name.toLowerCase());
  if (now === undefined || now.setting === null || now.pendingRestart) return null;
  if (!['configuration file', 'command line', 'environment variable'].includes(now.source)) return null;
  const shown = now.shown ?? formatSetting(now.setting, own);
  if (change.before === undefined) {
    if (mayBeSame(now.setting, change.after, own)) return null;
    // Patroni writes postgresql.conf from the DCS and its own local file: what the DCS has not, that one has, and wins.
    if (now.file === 'postgresql.conf') return say`its patroni.yml sets ${shown}`;
    return now.file === 'postgresql.auto.conf' ? say`ALTER SYSTEM sets ${shown}` : null;
  }
  const stored = parseSetting(change.before, own);
  if (!stored.ok || mayBeSame(now.setting, change.before, own)) return null;
  return now.file === 'postgresql.auto.conf'
    ? say`ALTER SYSTEM sets ${shown}`
    : say`a local file or ALTER SYSTEM sets ${shown}`;
}

/** The five whose value a standby must have at least as large as the primary had. */
function direction(change: LeafChange, definition: SettingDefinition): 'up' | 'down' | null {
  if (heldParameter(definition.name)?.sensitive !== true) return null;
  const was = parseSetting(valueInForce(change.before, definition), definition);
  const is = parseSetting(valueInForce(change.after, definition), definition);
  if (!was.ok || !is.ok || typeof was.value !== 'number' || typeof is.value !== 'number') return null;
  return is.value > was.value ? 'up' : 'down';
}

function restartWords(
  change: LeafChange,
  definition: SettingDefinition,
  taking: readonly string[],
  context: EffectContext,
): Text {
  const { leader, members } = context.facts;
  const still = members.filter(
    (member) => taking.includes(member.name) && member.name !== leader && member.streams === false,
  );
  const standbys = taking.filter((name) => name !== leader && !still.some((member) => member.name === name));
  const lead = leader !== null && taking.includes(leader) ? leader : null;
  const away = joinNames(still.map((member) => member.name));
  const apart = still.length === 0 ? [] : [say`${away} ${agree(still.length, 'does', 'do')} not stream`];
  const order =
    lead === null
      ? standbys.join(' ')
      : standbys.length === 0
        ? lead
        : direction(change, definition) === 'down'
          ? say`${lead} first, then ${standbys.join(' ')}: a standby restarted too early keeps the old value and needs a second restart`
          : say`${standbys.join(' ')} first, then ${lead}`;
  return joined([order, ...apart], '; ');
}

/** In which order the members restart for all of these changes together; null: no restart. */
export function restartOrder(
  effects: readonly LeafEffect[],
  context: EffectContext,
): { readonly primaryFirst: boolean; readonly members: readonly string[] } | null {
  const restarts = effects.filter((entry) => entry.effect === 'restart');
  if (restarts.length === 0) return null;
  const definitions = definitionsOf(context.settings);
  const primaryFirst = restarts.some((entry) => {
    const definition = anyDefinition(definitions, entry.name);
    return definition !== null && direction(entry, definition) === 'down';
  });
  const wanted = new Set(restarts.flatMap((entry) => entry.members));
  const names = context.facts.members.map((member) => member.name).filter((name) => wanted.has(name));
  const { leader } = context.facts;
  const standbys = names.filter((name) => name !== leader);
  const lead = names.filter((name) => name === leader);
  return { primaryFirst, members: primaryFirst ? [...lead, ...standbys] : [...standbys, ...lead] };
}
