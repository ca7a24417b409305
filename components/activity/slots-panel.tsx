'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { exactBytes, formatBytes, formatDuration } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';

const SOON_SECONDS = 86_400;

/** What keeps WAL, and how long until it loses it. */
export function SlotsPanel({ inside }: { inside: Inside }) {
  const { slots } = inside;
  return (
    <Panel title={t('Slots')} count={slots.length} aside="pg_replication_slots">
      {slots.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('It has none.')}</p>
      ) : (
        <ul className="text-12">
          {slots.map((slot) => (
            <SlotRow key={slot.name} slot={slot} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

type Slot = Inside['slots'][number];

function SlotRow({ slot }: { slot: Slot }) {
  const lost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved';
  const soon = slot.secondsToLoss !== null && slot.secondsToLoss < SOON_SECONDS;
  return (
    <li
      className={`grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 first:border-t-0 lg:grid-cols-[minmax(0,240fr)_minmax(0,300fr)_130px_minmax(0,330fr)] lg:items-center ${lost || soon ? 'bar-warning' : ''}`}
    >
      <span className="min-w-0 break-all font-mono font-semibold text-f0">{slot.name}</span>
      <span className="min-w-0 break-words text-f2 max-lg:col-span-2 max-lg:row-start-2">
        {[
          slot.plugin === null ? slot.kind : `${slot.kind}, ${slot.plugin}`,
          slot.database,
          slot.active ? t('active') : inactiveWords(slot),
          slot.walStatus,
          slot.invalidationReason,
          slot.failover === true ? 'failover' : null,
          slot.synced === true ? 'synced' : null,
          slot.temporary ? t('temporary') : null,
        ]
          .filter((part) => part !== null)
          .join(', ')}
      </span>
      <span className="text-right text-f0" title={exactBytes(slot.retainedBytes)}>
        {slot.retainedBytes === null
          ? t('keeps nothing')
          : t('keeps {size}', { size: formatBytes(slot.retainedBytes) })}
      </span>
      <span className={`text-right max-lg:col-span-2 ${lost || soon ? 'font-semibold text-warning' : 'text-f2'}`}>
        {lossWords(slot)}
      </span>
    </li>
  );
}

function inactiveWords({ inactiveSeconds }: Slot): string {
  return inactiveSeconds === null
    ? t('inactive')
    : t('inactive for {span}', { span: formatDuration(inactiveSeconds * 1000) });
}

function lossWords({ walStatus, safeBytes, secondsToLoss, active }: Slot): string {
  if (walStatus === 'lost') return t('has lost WAL: it must be made anew');
  if (walStatus === 'unreserved') return t('loses WAL at the next checkpoint');
  if (safeBytes === null) return t('no limit: the disk fills instead');
  const size = formatBytes(Math.max(0, safeBytes));
  if (secondsToLoss !== null)
    return t('loses WAL in about {span}, after {size}', { span: formatDuration(secondsToLoss * 1000), size });
  return active ? t('{size} to the limit', { size }) : t('loses WAL after {size}', { size });
}
