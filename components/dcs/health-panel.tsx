'use client';
import type { Care } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { type Fact, FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

const SOON_MS = 30 * 86_400_000;

/** What else each says of itself, its clock and its certificate. */
export function HealthPanel({ care, namespace }: { care: Care; namespace: string }) {
  const now = useNow(60_000);
  const end = (label: string, at: number): Fact => ({
    label,
    value: at <= now ? t('certificate has ended') : t('certificate ends in {age}', { age: formatDuration(at - now) }),
    tone: at - now > SOON_MS ? undefined : 'text-warning',
    title: exactTime(at),
  });
  const facts: Fact[] = [
    { label: t('Keys below'), value: namespace, mono: true },
    ...care.facts.map((fact) => factOf(wire(fact.label), fact)),
    ...care.members.flatMap((member) => [
      ...member.facts.map((fact) => factOf(`${member.name}, ${wire(fact.label)}`, fact)),
      ...(member.aheadMs === null || Math.abs(member.aheadMs) < 2000
        ? []
        : [
            {
              label: member.name,
              value:
                member.aheadMs > 0
                  ? t('clock {age} ahead of Howdah', { age: formatDuration(member.aheadMs) })
                  : t('clock {age} behind Howdah', { age: formatDuration(-member.aheadMs) }),
              tone: 'text-warning',
            },
          ]),
      ...(member.certificateEndsAt === null ? [] : [end(member.name, member.certificateEndsAt)]),
      ...(member.countsError === null
        ? []
        : [
            {
              label: member.name,
              value: t('/metrics: {why}', { why: wire(member.countsError) }),
              tone: 'text-unknown',
            },
          ]),
    ]),
    ...(care.ownCertificateEndsAt === null ? [] : [end('Howdah', care.ownCertificateEndsAt)]),
  ];
  return (
    <Panel title={t('What it says of itself')} bodyClassName="px-3.5 py-2.5">
      <FactList facts={facts} />
    </Panel>
  );
}

function factOf(label: string, { text, good }: Care['facts'][number]): Fact {
  return { label, value: wire(text), tone: good === false ? 'text-warning' : undefined };
}
