// Why WAL does not flow into a standby, as far as the cluster shows it, and what a person does about it.

import { say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import { slotRival } from '../slot-rival';
import { field, patroniBoolean } from '../wire/loose';
import { slotNameOf } from '../wire/postgres';
import { type CauseContext, memberOf } from './row';

interface Obstacle {
  readonly why: Text;
  readonly remedy: Text;
  /** It never passes by itself. */
  readonly lost: boolean;
}

/** Why WAL does not flow into it, as far as it is seen; null: it is not. */
export function obstacleOf(member: Member, { cluster, leader }: CauseContext): Obstacle | null {
  const wanted = member.replicateFrom ?? leader?.name ?? null;
  // The standby leader follows the source, which is no member.
  if (wanted === member.name) return null;
  const upstream = memberOf(cluster, wanted ?? undefined);
  if (upstream === undefined)
    return wanted === null
      ? null
      : {
          why: say`${wanted} is no member`,
          remedy: say`Correct replicatefrom in patroni.yml of ${member.name}`,
          lost: false,
        };
  if (upstream.silent || upstream.postgresRole === 'unknown')
    return { why: say`its upstream ${upstream.name} is down`, remedy: say`Bring ${upstream.name} back`, lost: false };
  const slot = upstream.slots?.find((one) => one.member === member.name);
  const rival = slotRival(member, cluster);
  if (rival !== null && slot?.active !== false)
    return {
      why: say`the slot ${slotNameOf(member.name)} is used by ${rival.name}`,
      remedy: say`Give ${member.name} or ${rival.name} another name: Patroni makes one slot name of both`,
      lost: false,
    };
  if (slot?.walStatus === 'lost')
    return {
      why: say`${upstream.name} no longer has the WAL it needs`,
      remedy: say`Let it fetch the missing WAL from the archive, if restore_command is set`,
      lost: true,
    };
  const usesSlots = patroniBoolean(field(cluster.config?.value.postgresql, 'use_slots')) !== false;
  const serves = upstream === leader || member.replicateFrom === upstream.name;
  if (upstream.slots !== null && slot === undefined && usesSlots && serves)
    return {
      why: say`its slot is missing on ${upstream.name}`,
      remedy: say`See in Patroni's log on ${upstream.name} why it does not create the slot`,
      lost: false,
    };
  if (member.timeline !== null && cluster.timeline !== null && member.timeline < cluster.timeline)
    return {
      why: say`it is still on timeline ${member.timeline} of ${cluster.timeline}`,
      remedy: say`Read the log of PostgreSQL on ${member.name}: it says why it does not ask for the new timeline`,
      lost: false,
    };
  return null;
}
