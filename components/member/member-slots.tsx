'use client';
import { exactBytes, formatBytes } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Member, Slot, Snapshot } from '@/lib/domain/cluster';
import { MemberLink } from '../cluster/member-link';
import { Panel } from '../ui/panel';

const SHOWN_MAX = 60;

/** What keeps WAL on this member, the most first. */
export function MemberSlots({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const { slots } = member;
  const sorted = [...(slots ?? [])].sort((a, b) => (b.retainedBytes ?? -1) - (a.retainedBytes ?? -1));
  return (
    <Panel title={t('Slots on {member}', { member: member.name })} count={slots?.length}>
      {slots === null ? (
        <p className="px-3.5 py-2.5 text-unknown">{t('Unknown: its PostgreSQL has not been asked.')}</p>
      ) : slots.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('It has none.')}</p>
      ) : (
        <ul className="text-12">
          {sorted.slice(0, SHOWN_MAX).map((slot) => (
            <SlotRow key={slot.name} slot={slot} snapshot={snapshot} />
          ))}
          {sorted.length > SHOWN_MAX && (
            <li className="border-l1 border-t px-3.5 py-1.5 text-f2">
              {t('and {n} more', { n: sorted.length - SHOWN_MAX })}
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}

function SlotRow({ slot, snapshot }: { slot: Slot; snapshot: Snapshot }) {
  const lost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved';
  const idle = slot.active === false && slot.member === null;
  return (
    <li
      className={`grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 border-l1 border-t px-3.5 py-1.5 first:border-t-0 ${lost || idle ? 'bar-warning' : ''}`}
    >
      <span className="min-w-0 break-all font-mono text-f0">{slot.name}</span>
      <span className="text-right text-f0" title={exactBytes(slot.retainedBytes)}>
        {slot.retainedBytes === null ? (
          <span className="text-f2">{t('keeps nothing')}</span>
        ) : (
          t('keeps {size}', { size: formatBytes(slot.retainedBytes) })
        )}
      </span>
      <span className="col-span-2 flex flex-wrap gap-x-3 text-f2">
        <span>{slot.kind}</span>
        <span className={idle ? 'text-warning' : ''}>
          {slot.active === null ? t('activity unknown') : slot.active ? t('active') : t('inactive')}
        </span>
        {slot.walStatus !== null && <span className={lost ? 'text-warning' : ''}>{slot.walStatus}</span>}
        {slot.member === null ? (
          <span>{t('serves no member')}</span>
        ) : (
          <span>
            {t('for')} <MemberLink scope={snapshot.scope} name={slot.member} limit={18} className="font-normal!" />
          </span>
        )}
      </span>
    </li>
  );
}
