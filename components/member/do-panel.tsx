'use client';
import { usePast } from '@/lib/client/live/clock';
import { PAST_REASON } from '@/lib/client/past/moment';
import { t } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { useAround } from '../actions/action-menus';
import { memberItems } from '../actions/menu-items';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';

/** Everything Howdah can do with it, or why not now. */
export function DoPanel({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const around = useAround(snapshot.scope);
  const past = usePast() !== null;
  if (!member.listed) {
    return (
      <Panel title={t('What can be done with {member}', { member: member.name })} bodyClassName="px-3.5 py-2.5">
        <p className="text-f2">{t('Nothing: it is not in the member list.')}</p>
      </Panel>
    );
  }
  return (
    <Panel
      title={t('What can be done with {member}', { member: member.name })}
      aside={past ? undefined : t('each opens its checks')}
    >
      <ul>
        {memberItems(member, snapshot, around).map((item) => {
          const off = past || item.disabled === true;
          const note = past ? t('Off: {reason}', { reason: t(PAST_REASON) }) : item.note;
          return (
            <li key={item.key} className="border-l1 border-t first:border-t-0">
              <button
                type="button"
                disabled={off}
                onClick={item.onSelect}
                className="flex w-full items-start gap-3 px-3.5 py-2 text-left -outline-offset-2 enabled:hover:bg-bg2 disabled:cursor-default pointer-coarse:min-h-11"
              >
                <Icon
                  name={off ? 'lock' : (item.icon ?? 'arrow')}
                  size={15}
                  className={`mt-0.5 shrink-0 ${off ? 'text-f3' : 'text-f1'}`}
                />
                <span className="min-w-0">
                  <span className={`block font-semibold text-13 ${off ? 'text-f2' : 'text-f0'}`}>{item.word}</span>
                  {note !== undefined && <span className="block break-words text-12 text-f2">{note}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
