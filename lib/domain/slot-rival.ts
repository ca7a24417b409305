// Slots go by the names of members, with what PostgreSQL does not allow replaced: two names can make one. Pure.

import type { Cluster, Member } from './cluster';
import { slotNameOf } from './wire/postgres';

/** Another one whose name makes the same slot name and that streams: two members cannot read one slot. */
export function slotRival(member: Member, { members }: Cluster): Member | null {
  const slot = slotNameOf(member.name);
  const rival = members.find(
    ({ name, silent, replication }) =>
      name !== member.name && slotNameOf(name) === slot && !silent && replication.kind === 'streaming',
  );
  return rival ?? null;
}
