'use client';
import { formatBytes } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { leads } from '@/lib/domain/members';
import { Panel } from '../ui/panel';

/** A scale never ends below what keeps nobody from taking over. */
const LEAST = 64 * 1024 * 1024;

type Place = { readonly word: string; readonly bytes: number | null; readonly loud: boolean };

function placeOf({ cluster }: Snapshot, name: string): Place {
  const member = cluster.members.find((one) => one.name === name);
  if (member === undefined) return { word: t('no member'), bytes: null, loud: false };
  if (leads(member, cluster)) return { word: t('leader'), bytes: null, loud: false };
  if (member.divergence !== null) return { word: t('forked'), bytes: null, loud: true };
  const bytes = member.silent ? null : member.lag.replayBytes;
  return {
    word: formatBytes(bytes),
    bytes,
    loud: (bytes ?? 0) > (cluster.config?.maximumLagOnFailoverBytes ?? 1048576),
  };
}

/** Hollow before, filled after, on the logarithm of bytes. */
export function LagPanel({ before, after }: { before: Snapshot; after: Snapshot }) {
  const names = [...new Set([...before.cluster.members, ...after.cluster.members].map(({ name }) => name))].sort();
  const rows = names.map((name) => ({ name, was: placeOf(before, name), is: placeOf(after, name) }));
  const most = rows.reduce((top, { was, is }) => Math.max(top, was.bytes ?? 0, is.bytes ?? 0), LEAST);
  const at = (bytes: number): number => (100 * Math.log2(1 + bytes)) / Math.log2(1 + most);
  return (
    <Panel title={t('Replay lag, before and after')} aside={t('logarithm, to {bytes}', { bytes: formatBytes(most) })}>
      <ul className="py-1.5">
        {rows.map(({ name, was, is }) => (
          <li
            key={name}
            className="grid grid-cols-[minmax(0,88px)_minmax(0,1fr)_auto] items-center gap-x-3 px-3.5 py-1 text-12"
          >
            <span className="min-w-0 break-words font-semibold text-f0">{name}</span>
            <span aria-hidden="true" className="relative h-1 rounded-chip bg-bg3">
              {was.bytes !== null && is.bytes !== null && (
                <i
                  className={`absolute top-px h-0.5 ${is.loud ? 'bg-warning' : 'bg-l3'}`}
                  style={{
                    left: `${Math.min(at(was.bytes), at(is.bytes))}%`,
                    right: `${100 - Math.max(at(was.bytes), at(is.bytes))}%`,
                  }}
                />
              )}
              {was.bytes !== null && (
                <i
                  className="absolute top-1/2 size-2 -translate-1/2 rounded-full border-[1.5px] border-f1 bg-bg1"
                  style={{ left: `${at(was.bytes)}%` }}
                />
              )}
              {is.bytes !== null && (
                <i
                  className={`absolute top-1/2 size-2 -translate-1/2 rounded-full ${is.loud ? 'bg-warning' : 'bg-f0'}`}
                  style={{ left: `${at(is.bytes)}%` }}
                />
              )}
            </span>
            <span className="text-right text-f2">
              {was.word} <span aria-hidden="true">→</span> <span className="sr-only">{t('then')}</span>
              <span className={is.loud ? 'font-semibold text-warning' : 'text-f0'}>{is.word}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
