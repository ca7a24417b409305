// What Patroni makes of a member's tags. Mirrors patroni/tags.py of v3.3.11, v4.0.10 and v4.1.5 and, before there was one, Member and Patroni of
// v3.0.2 and v3.1.2: a boolean tag is whatever Python calls true, so the texts "no" and "false" are true; priorities are numbers.
import type { Member } from './cluster';
import { isSince } from './patroni-version';
import { patroniBoolean, patroniInt } from './wire/loose';

type Tagged = Pick<Member, 'tags' | 'patroniVersion'>;

/** As Python's bool() sees it. An absent tag and null are false. */
function isTruthy(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

/** `failover_priority` came with 3.2.0. A version that is not known is taken for a new one. */
export function isNofailover(member: Tagged): boolean {
  return isBarred(member, 'nofailover', 'failover_priority', isSince(member.patroniVersion, 3, 2) !== false);
}

/** Which tags keep it from taking over: all of them must go. */
export function barringTags(member: Tagged): readonly string[] {
  const priority =
    isSince(member.patroniVersion, 3, 2) === false ? null : patroniInt(tagOf(member, 'failover_priority'));
  return [
    ...(isTruthy(tagOf(member, 'nofailover')) ? ['nofailover'] : []),
    ...(priority !== null && priority <= 0 ? ['failover_priority'] : []),
  ];
}

/** `sync_priority` came with 4.1.0. */
export function isNosync(member: Tagged): boolean {
  return isBarred(member, 'nosync', 'sync_priority', isSince(member.patroniVersion, 4, 1) !== false);
}

/** The one tag that is parsed as a setting is; it came with 3.3.0. */
export function isNostream(member: Tagged): boolean {
  return isSince(member.patroniVersion, 3, 3) !== false && patroniBoolean(tagOf(member, 'nostream')) === true;
}

/** 0 never leads; among equals the higher one does. */
export function failoverPriority(member: Tagged): number {
  if (isTruthy(tagOf(member, 'nofailover'))) return 0;
  if (isSince(member.patroniVersion, 3, 2) === false) return 1;
  return patroniInt(tagOf(member, 'failover_priority')) ?? 1;
}

/** Where the boolean tag is there, it decides, whatever the priority says. */
function isBarred(member: Tagged, tag: string, priorityTag: string, hasPriority: boolean): boolean {
  const value = tagOf(member, tag);
  if (value !== undefined) return isTruthy(value);
  const priority = hasPriority ? patroniInt(tagOf(member, priorityTag)) : null;
  return priority !== null && priority <= 0;
}

export function tagOf({ tags }: Tagged, name: string): string | number | boolean | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}
