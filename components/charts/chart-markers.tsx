'use client';
import { useRouter } from 'next/navigation';
import { type CSSProperties, useState } from 'react';
import type { Marker } from '@/lib/client/past/chart-markers';
import { momentPath } from '@/lib/client/past/moment';
import { formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import { MomentLink } from '../cluster/moment-link';
import { goTo } from '../ui/go-to';

interface ChartMarkersProps {
  readonly markers: readonly Marker[];
  readonly scope: string;
  /** Where the plot begins. */
  readonly left: number;
  readonly width: number;
}

const CARD = 264;
const LISTED_MAX = 8;

/** Triangles with words above the plot. One alone goes to its moment; a folded one opens the list of what it holds. */
export function ChartMarkers({ markers, scope, left, width }: ChartMarkersProps) {
  const router = useRouter();
  const [open, setOpen] = useState<number | null>(null);
  const shown = markers.find((marker) => marker.at === open);
  return (
    <fieldset
      aria-label={t('Changes in this window')}
      onPointerLeave={(event) => {
        if (event.pointerType === 'mouse') setOpen(null);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(null);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(null);
      }}
    >
      {markers.map((marker) => {
        const [first] = marker.events;
        const alone = marker.events.length === 1;
        const when = formatTime(marker.at, marker.at);
        return (
          <button
            key={first?.id ?? marker.at}
            type="button"
            aria-label={
              alone
                ? t('{when} {text}: go to this moment', { when, text: marker.words })
                : tn(marker.events.length, '{when} {text}: list {n} change', '{when} {text}: list {n} changes', {
                    when,
                    text: marker.words,
                  })
            }
            aria-expanded={alone ? undefined : open === marker.at}
            style={{ left: left + marker.x - 9, top: 1 }}
            onPointerEnter={(event) => event.pointerType === 'mouse' && setOpen(marker.at)}
            onFocus={() => setOpen(marker.at)}
            onClick={() => {
              if (alone) goTo(router, momentPath(scope, marker.at));
              else setOpen(marker.at);
            }}
            className="absolute flex h-6 min-w-[18px] items-center gap-1.5 whitespace-nowrap rounded-chip px-[5px] text-11 text-f1 hover:text-f0"
          >
            <svg width="8" height="7" className="shrink-0 fill-current" aria-hidden="true">
              <path d={alone ? 'M0 0h8L4 6Z' : 'M0 0h8L4 4ZM0 3h8L4 7Z'} />
            </svg>
            {marker.label}
          </button>
        );
      })}
      {shown !== undefined && <Card marker={shown} scope={scope} left={left} width={width} />}
    </fieldset>
  );
}

function Card({ marker, scope, left, width }: { marker: Marker; scope: string; left: number; width: number }) {
  const size = Math.min(CARD, width - 8);
  const style: CSSProperties = {
    width: size,
    top: 25,
    left: Math.max(4, Math.min(left + marker.x - 12, width - size - 4)),
  };
  const listed = marker.events.slice(0, LISTED_MAX);
  return (
    <ul style={style} className="absolute z-10 rounded-panel border border-l2 bg-bg2 p-1 text-12 shadow-xl">
      {listed.map((event) => (
        <li key={event.id}>
          <MomentLink
            scope={scope}
            at={event.at}
            className="flex gap-2.5 rounded-control px-2 py-1 hover:bg-bg3 pointer-coarse:min-h-11 pointer-coarse:items-center"
          >
            <span className="shrink-0 text-f2">{formatTime(event.at, event.at)}</span>
            <span className="min-w-0 break-words text-f0">{wire(event.text)}</span>
          </MomentLink>
        </li>
      ))}
      {marker.events.length > listed.length && (
        <li className="px-2 py-1 text-f2">
          {t('{n} more: look closer, or see Events.', { n: marker.events.length - listed.length })}
        </li>
      )}
    </ul>
  );
}
