'use client';
import { type FleetLine, troubled } from '@/lib/client/fleet/lines';
import { t, tn } from '@/lib/client/words/text';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';

interface GroupLineProps {
  readonly line: Exclude<FleetLine, { readonly kind: 'row' }>;
  readonly columns: number;
  readonly index: number;
  readonly top: number | null;
  readonly measure: (line: HTMLElement | null) => void;
  readonly onFold: (value: string | null) => void;
}

/** A head between rows: the healthy ones begin, or a group, which folds. */
export function GroupLine({ line, columns, index, top, measure, onFold }: GroupLineProps) {
  const isGroup = line.kind === 'group';
  return (
    <tr
      ref={top === null ? undefined : measure}
      data-index={index}
      aria-rowindex={index + 2}
      style={top === null ? undefined : { transform: `translateY(${top}px)` }}
      className={`flex scroll-mt-24 border-l1 border-t bg-bg2 text-f2 ${top === null ? 'relative first:border-t-0' : 'absolute inset-x-0 top-0'} ${isGroup ? '' : 'py-1 pl-9 text-11 tb:pl-12'}`}
    >
      <td colSpan={columns} className="min-w-0 grow">
        {line.kind === 'healthy' ? (
          tn(line.count, 'Healthy, {n} cluster', 'Healthy, {n} clusters')
        ) : (
          <button
            type="button"
            data-row-link
            aria-expanded={!line.folded}
            onClick={() => onFold(line.value)}
            className="flex min-h-[34px] w-full flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-3.5 pl-3 text-left text-12 -outline-offset-2 hover:bg-bg3 max-tb:min-h-11"
          >
            <Icon name="chevron" size={13} className={`mx-1 shrink-0 ${line.folded ? '-rotate-90' : ''}`} />
            <span className="min-w-0 break-words font-semibold text-13 text-f0">
              {line.value ?? t('without this label')}
            </span>
            <span>{tn(line.size, '{n} cluster', '{n} clusters')}</span>
            <span className="ml-auto flex flex-wrap items-center gap-x-3">
              {troubled(line.counts).map((health) => (
                <span key={health} className="flex items-center gap-1.5 text-f1">
                  <SeverityIcon health={health} size={13} />
                  {t(HEALTH_WORDS[health])} {line.counts[health]}
                </span>
              ))}
              {line.counts.ok === line.size && <span className="text-f3">{t('healthy')}</span>}
            </span>
          </button>
        )}
      </td>
    </tr>
  );
}
