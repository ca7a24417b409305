'use client';
import { useFleet } from '@/lib/client/live/live';
import { formatSeconds } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Glyph } from '../ui/glyph';
import { Panel } from '../ui/panel';

/** The known shape, still: names are known before values, nothing jumps. */
export function ClusterLoading({ scope }: { scope: string }) {
  const row = useFleet()?.rows.find((one) => one.scope === scope);
  const names = row?.members.map((member) => member.name) ?? ['', '', ''];
  return (
    <div aria-busy="true">
      <h1 className="mb-4 break-all font-semibold text-22 text-f0">{scope}</h1>
      <Panel
        title={t('Members')}
        count={row?.members.length}
        aside={t('first answer in up to {time}', { time: formatSeconds(2) })}
      >
        <ul>
          {names.map((name, index) => (
            <li
              key={name || index}
              className="flex h-[34px] items-center gap-3 border-l1 border-t px-3.5 first:border-t-0"
            >
              <Glyph glyph="unknown" plain className="text-f3" />
              <span className="w-24 truncate text-f1">{name}</span>
              <span className="h-2.5 w-24 rounded-chip bg-bg3" />
              <span className="ml-auto h-2.5 w-14 rounded-chip bg-bg3" />
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
