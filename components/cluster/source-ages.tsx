'use client';
import { useNow } from '@/lib/client/live/clock';
import { useLost } from '@/lib/client/live/live';
import { formatAge } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Member, Snapshot, WitnessState } from '@/lib/domain/cluster';
import { measured } from '@/lib/language/quantity';

function range(states: readonly WitnessState[], now: number): string {
  const ages = states.flatMap((state) => (state.observedAt === null ? [] : [now - state.observedAt]));
  if (ages.length === 0) return formatAge(null);
  const [low, high] = [formatAge(Math.min(...ages)), formatAge(Math.max(...ages))];
  if (low === high) return low;
  // The unit once, where both have seconds.
  const unit = wire(measured(1, 's')).slice(1);
  const from = low.endsWith(unit) && high.endsWith(unit) ? low.slice(0, -unit.length) : low;
  return t('{low} to {high}', { low: from, high });
}

/** `DCS 0.2 s, Patroni 0.3 to 0.6 s, SQL 0.4 to 0.7 s`. */
export function SourceAges({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow(500);
  const lost = useLost();
  const { members, dcs } = snapshot.cluster;
  const ages = (of: (member: Member) => WitnessState): string => range(members.map(of), now);
  const parts = [
    dcs === null
      ? t('DCS not read')
      : t('DCS {age}', { age: formatAge(dcs.currentAt === null ? null : now - dcs.currentAt) }),
    t('Patroni {age}', { age: ages((member) => member.witnesses.patroni) }),
    members.some((member) => member.witnesses.sql.state !== null)
      ? t('SQL {age}', { age: ages((member) => member.witnesses.sql) })
      : t('SQL: no credentials'),
  ];
  return <span className={lost ? 'text-unknown' : ''}>{parts.join(', ')}</span>;
}
