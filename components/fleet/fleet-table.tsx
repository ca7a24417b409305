'use client';
import { useRouter } from 'next/navigation';
import { type CSSProperties, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { COLUMNS, type Column, columnTracks } from '@/lib/client/fleet/columns';
import { fleetLines, foldKey } from '@/lib/client/fleet/lines';
import { type FleetChoice, holdOrder } from '@/lib/client/fleet/view';
import { form, t, wire } from '@/lib/client/words/text';
import type { FleetRow as Row } from '@/lib/contract/stream';
import type { SharedCause } from '@/lib/domain/cause/shared';
import { measured } from '@/lib/language/quantity';
import { FLEET_TRACKS, FleetRow } from './fleet-row';
import { GroupLine } from './group-line';
import { useVirtualLines } from './use-virtual-lines';

/** A pointer that rests on the table holds the order this long after it last moved. */
const HOLD_MS = 8000;

export const COLUMN_WORDS: Readonly<Record<Column, string>> = {
  dcs: 'DCS',
  leader: form('Leader'),
  members: form('Members'),
  lag: form('Replay lag'),
  chart: form('Replay lag of 15 minutes'),
  timeline: form('Timeline'),
  marks: form('Marks'),
  age: form('Age'),
};

const HEADS: Readonly<Partial<Record<Column, string>>> = {
  dcs: 'hidden xl:block',
  lag: 'text-right!',
  chart: 'hidden pl-2.5 xl:block',
  timeline: 'hidden text-right! xl:block',
  marks: 'pl-3',
  age: 'text-right!',
};

function useHeldOrder(rows: readonly Row[]): { rows: readonly Row[]; hold: () => void; release: () => void } {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const release = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHeld(null);
  };
  const ordered = useMemo(() => holdOrder(rows, held), [rows, held]);
  const hold = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(release, HOLD_MS);
    if (held === null) setHeld(ordered.map((row) => row.scope));
  };
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return { rows: ordered, hold, release };
}

interface FleetTableProps {
  readonly rows: readonly Row[];
  readonly choice: FleetChoice;
  readonly onChoose: (choice: FleetChoice) => void;
  /** Said above the table: a row that has nothing else is quiet. */
  readonly shared: readonly SharedCause[];
}

export function FleetTable({ rows: sorted, choice, onChoose, shared }: FleetTableProps) {
  const router = useRouter();
  const { rows, hold, release } = useHeldOrder(sorted);
  const lines = useMemo(() => fleetLines(rows, choice), [rows, choice]);
  const told = useMemo(() => new Set(shared.flatMap(({ quiet }) => quiet)), [shared]);
  const tracks = useMemo(() => columnTracks(rows, choice.columns), [rows, choice.columns]);
  const { body, shown, height, measure, move } = useVirtualLines(lines, told);

  const onClick = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target instanceof Element) || event.target.closest('a, button') || getSelection()?.toString()) return;
    const scope = event.target.closest<HTMLElement>('[data-scope]')?.dataset.scope;
    if (scope !== undefined) router.push(`/clusters/${encodeURIComponent(scope)}`);
  };
  const fold = (value: string | null): void => {
    const key = foldKey(value);
    const others = choice.folded.filter((one) => one !== key);
    onChoose({ ...choice, folded: others.length < choice.folded.length ? others : [...others, key] });
  };

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (step === undefined || (target instanceof HTMLElement && target.closest('[role=menu], [role=dialog]'))) return;
      event.preventDefault();
      move(step);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [move]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link in each row is the keyboard's way; this only widens its target
    <table
      aria-label={t('Clusters')}
      aria-rowcount={lines.length + 1}
      onClick={onClick}
      onPointerMove={hold}
      onPointerLeave={release}
      style={{ '--tracks-narrow': tracks[0], '--tracks-usual': tracks[1], '--tracks-wide': tracks[2] } as CSSProperties}
      className="block overflow-clip rounded-panel border border-l1 bg-bg1 [&_[data-scope]]:cursor-pointer"
    >
      <thead className="block bg-bg1 max-tb:sr-only tb:sticky tb:top-12 tb:z-10 print:static">
        <tr
          aria-rowindex={1}
          className={`grid h-[31px] items-center border-l1 border-b pr-3.5 text-11 text-f2 ${FLEET_TRACKS}`}
        >
          <th scope="col" className="text-left font-normal">
            <span className="sr-only">{t('Severity')}</span>
          </th>
          <th scope="col" className="text-left font-normal">
            {t('Scope')}
          </th>
          <th scope="col" className="text-left font-normal">
            {t('Finding')}
          </th>
          {COLUMNS.filter((column) => choice.columns.includes(column)).map((column) => (
            <th key={column} scope="col" className={`text-left font-normal ${HEADS[column] ?? ''}`}>
              {column === 'chart' ? wire(measured(15, 'min')) : column === 'timeline' ? 'TL' : t(COLUMN_WORDS[column])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} className="relative block" style={height === null ? undefined : { height }}>
        {shown.map(({ index, top }) => {
          const line = lines[index];
          if (line === undefined) return null;
          const place = { index, top, measure };
          if (line.kind === 'row')
            return (
              <FleetRow
                key={line.key}
                row={line.row}
                isTold={told.has(line.row.scope)}
                columns={choice.columns}
                {...place}
              />
            );
          return <GroupLine key={line.key} line={line} columns={choice.columns.length + 3} onFold={fold} {...place} />;
        })}
      </tbody>
    </table>
  );
}
