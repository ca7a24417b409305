'use client';
import { useNow } from '@/lib/client/live/clock';
import { formatBytes, formatSeconds, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Member } from '@/lib/domain/cluster';
import { formatRate } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { type Fact, FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

const STALE_MS = 30_000;
const DISKS_SHOWN = 12;

/** The machine below the member, where node_exporter is asked. */
export function HostPanel({ member }: { member: Member }) {
  const now = useNow();
  const { machine } = member;
  if (machine === undefined) return null;
  const { cores, cpuShare, load1, memoryBytes, memoryAvailableBytes, swapBytes, swapFreeBytes } = machine;
  const { receivedBytesPerSecond, sentBytesPerSecond, oomAt, bootAt, clockSynchronized, counters } = machine;
  const usedMemory = memoryBytes === null || memoryAvailableBytes === null ? null : memoryBytes - memoryAvailableBytes;
  const usedSwap = swapBytes === null || swapFreeBytes === null ? null : swapBytes - swapFreeBytes;
  const facts: Fact[] = [
    {
      label: t('swap'),
      value:
        usedSwap === null
          ? null
          : swapBytes === 0
            ? t('none')
            : t('{used} of {all}', { used: formatBytes(usedSwap), all: formatBytes(swapBytes) }),
    },
    {
      label: t('network'),
      value:
        receivedBytesPerSecond === null || sentBytesPerSecond === null
          ? null
          : t('in {received}, out {sent}', {
              received: wire(formatRate(receivedBytesPerSecond)),
              sent: wire(formatRate(sentBytesPerSecond)),
            }),
    },
    {
      label: t('killed for memory'),
      value:
        counters.oomKills === null
          ? null
          : oomAt === null
            ? t('{n} since it started', { n: counters.oomKills })
            : t('last at {time}', { time: formatTime(oomAt, now) }),
      tone: oomAt === null ? undefined : 'text-warning',
    },
    {
      label: t('clock'),
      value:
        clockSynchronized === null
          ? null
          : clockSynchronized
            ? t('synchronized')
            : t('the kernel says it is not synchronized'),
    },
    { label: t('up since'), value: bootAt === null ? null : formatTime(bootAt, now) },
  ];
  return (
    <Panel
      title={t('Host')}
      aside={
        <>
          node_exporter <Age at={machine.observedAt} staleAfterMs={STALE_MS} />
        </>
      }
    >
      {machine.error !== null && <p className="px-3.5 pt-2.5 text-12 text-unknown">{wire(machine.error)}</p>}
      {machine.observedAt !== null && (
        <div className="grid gap-3 px-3.5 py-2.5 text-12">
          <Bar
            name={t('CPU')}
            share={cpuShare}
            value={cpuShare === null ? t('unknown') : t('{percent} %', { percent: Math.round(cpuShare * 100) })}
            of={t('{cores} cores, load {load}', { cores: cores ?? t('unknown'), load: load1 ?? t('unknown') })}
          />
          <Bar
            name={t('Memory')}
            share={usedMemory === null || memoryBytes === null ? null : usedMemory / memoryBytes}
            value={formatBytes(usedMemory)}
            of={t('of {all}', { all: formatBytes(memoryBytes) })}
          />
          {machine.disks.slice(0, DISKS_SHOWN).map((disk) => {
            const used = disk.sizeBytes - disk.availableBytes;
            const share = used / disk.sizeBytes;
            const soon = disk.fullInSeconds !== null && disk.fullInSeconds <= 6 * 3600;
            return (
              <Bar
                key={disk.mount}
                name={disk.mount}
                mono
                share={share}
                troubled={share >= 0.95 || soon}
                value={formatBytes(used)}
                of={`${t('of {all}', { all: formatBytes(disk.sizeBytes) })}, ${t('{percent} %', { percent: Math.floor(share * 100) })}${disk.fullInSeconds === null || disk.fullInSeconds > 30 * 86_400 ? '' : `, ${t('full in {time}', { time: formatSeconds(disk.fullInSeconds) })}`}`}
              />
            );
          })}
          <FactList facts={facts} />
        </div>
      )}
    </Panel>
  );
}

interface BarProps {
  readonly name: string;
  readonly mono?: boolean;
  /** From 0 to 1; null: unknown. */
  readonly share: number | null;
  readonly value: string;
  readonly of: string;
  readonly troubled?: boolean;
}

function Bar({ name, mono = false, share, value, of, troubled = false }: BarProps) {
  return (
    <div>
      <p className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <span className={`min-w-20 text-f2 ${mono ? 'break-all font-mono' : ''}`}>{name}</span>
        <span className={`font-semibold ${troubled ? 'text-warning' : 'text-f0'}`}>{value}</span>
        <span className="ml-auto text-right text-f2">{of}</span>
      </p>
      <div className={`h-1.5 ${share === null ? 'border border-unknown border-dashed' : 'bg-bg3'}`}>
        <i
          className={`block h-full ${troubled ? 'bg-warning' : 'bg-l3'}`}
          style={{ width: `${(share ?? 0) * 100}%` }}
        />
      </div>
    </div>
  );
}
