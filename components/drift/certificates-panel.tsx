'use client';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { severityOfEnd } from '@/lib/domain/certificates';
import type { Snapshot } from '@/lib/domain/cluster';
import { type Fact, FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

/** Of members; those of the DCS are on its page. Nothing where none is shown. */
export function CertificatesPanel({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow(60_000);
  const facts = snapshot.cluster.members.flatMap(({ name, certificates }): Fact[] => {
    const { restEndsAt = null, postgresEndsAt = null } = certificates ?? {};
    return [
      ...(restEndsAt === null ? [] : [factOf(t('{member}, REST API', { member: name }), restEndsAt, now)]),
      ...(postgresEndsAt === null ? [] : [factOf(t('{member}, PostgreSQL', { member: name }), postgresEndsAt, now)]),
    ];
  });
  if (facts.length === 0) return null;
  return (
    <Panel title={t('Certificates')} bodyClassName="px-3.5 py-2.5">
      <FactList facts={facts} />
    </Panel>
  );
}

function factOf(label: string, at: number, now: number): Fact {
  const severity = severityOfEnd(at, now);
  return {
    label,
    value: at <= now ? t('certificate has ended') : t('certificate ends in {age}', { age: formatDuration(at - now) }),
    tone: severity === null ? undefined : severity === 'critical' ? 'text-critical' : 'text-warning',
    title: exactTime(at),
  };
}
