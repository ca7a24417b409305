'use client';
import { useNow } from '@/lib/client/clock';
import { formatAge } from '@/lib/client/format';
import { useLost } from '@/lib/client/live';
import type { Snapshot, WitnessState } from '@/lib/domain/cluster';

function range(states: readonly WitnessState[], now: number): string {
  const ages = states.flatMap((state) => (state.observedAt === null ? [] : [now - state.observedAt]));
  if (ages.length === 0) return 'never';
  const [low, high] = [formatAge(Math.min(...ages)), formatAge(Math.max(...ages))];
  return low === high ? low : `${low.replace(/ s$/, high.endsWith(' s') ? '' : ' s')} to ${high}`;
}

/** `DCS 0.2 s, Patroni 0.3 to 0.6 s, SQL 0.4 to 0.7 s`. */
export function SourceAges({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow(500);
  const lost = useLost();
  const { members, dcs } = snapshot.cluster;
  const parts = [
    dcs === null ? 'DCS not read' : `DCS ${formatAge(dcs.currentAt === null ? null : now - dcs.currentAt)}`,
    `Patroni ${range(
      members.map((member) => member.witnesses.patroni),
      now,
    )}`,
    members.some((member) => member.witnesses.sql.state !== null)
      ? `SQL ${range(
          members.map((member) => member.witnesses.sql),
          now,
        )}`
      : 'SQL: no credentials',
  ];
  return <span className={lost ? 'text-unknown' : ''}>{parts.join(', ')}</span>;
}
