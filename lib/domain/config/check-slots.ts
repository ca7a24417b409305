// Rules about permanent slots, and about slots that Patroni leaves alone.
import { say } from '../../language/sentence';
import { isObject, list, text } from '../wire/loose';
import { slotNameOf } from '../wire/postgres';
import { leafText } from './diff';
import { type CheckContext, type Found, found } from './problem';

const SLOT_KEYS = ['slots', 'permanent_slots', 'permanent_replication_slots'] as const;

export function permanentSlots(context: CheckContext): readonly Found[] {
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

export function ignoredSlots(context: CheckContext): readonly Found[] {
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
