'use client';
import { useRouter } from 'next/navigation';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { holdOrder, type Sort } from '@/lib/client/fleet/view';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { FleetRow as Row } from '@/lib/contract/stream';
import type { SharedCause } from '@/lib/domain/cause/shared';
import { measured } from '@/lib/language/quantity';
import { FLEET_COLUMNS, FleetRow } from './fleet-row';

/** A pointer that rests on the table holds the order this long after it last moved. */
const HOLD_MS = 8000;

const HEADS = [
  { word: '', look: '' },
  { word: form('Scope'), look: '' },
  { word: form('Finding'), look: '' },
  { word: form('Leader'), look: '' },
  { word: form('Members'), look: '' },
  { word: form('Replay lag'), look: 'text-right!' },
  { word: measured(15, 'min'), look: 'hidden pl-2.5 xl:block' },
  { word: 'TL', look: 'text-right!' },
  { word: form('Marks'), look: 'pl-6' },
  { word: form('Age'), look: 'text-right!' },
] as const;

function useHeldOrder(rows: readonly Row[]): { rows: readonly Row[]; hold: () => void; release: () => void } {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const release = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHeld(null);
  };
  const ordered = holdOrder(rows, held);
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

function links(table: HTMLElement): HTMLElement[] {
  return [...table.querySelectorAll<HTMLElement>('[data-row-link]')];
}

interface FleetTableProps {
  readonly rows: readonly Row[];
  readonly sort: Sort;
  /** Said above the table: a row that has nothing else is quiet. */
  readonly shared: readonly SharedCause[];
}

export function FleetTable({ rows: sorted, sort, shared }: FleetTableProps) {
  const router = useRouter();
  const table = useRef<HTMLTableElement>(null);
  const { rows, hold, release } = useHeldOrder(sorted);
  const firstHealthy = sort === 'worst' ? rows.findIndex((row) => row.health === 'ok') : -1;
  const told = new Set(shared.flatMap(({ quiet }) => quiet));
  const healthy = rows.filter((row) => row.health === 'ok').length;

  const onClick = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target instanceof Element) || event.target.closest('a, button') || getSelection()?.toString()) return;
    const scope = event.target.closest<HTMLElement>('[data-scope]')?.dataset.scope;
    if (scope !== undefined) router.push(`/clusters/${encodeURIComponent(scope)}`);
  };

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.closest('input, select, textarea, [role=dialog]') !== null;
      if (typing || event.ctrlKey || event.metaKey || event.altKey || table.current === null) return;
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (step === undefined) return;
      const all = links(table.current);
      const { activeElement } = document;
      const here = activeElement instanceof HTMLElement ? all.indexOf(activeElement) : -1;
      const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step))];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
      next.closest('tr')?.scrollIntoView({ block: 'nearest' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const divider = (
    <tr key="divider" className="flex border-l1 border-t bg-bg2 py-1 pl-9 text-11 text-f2 md:pl-12">
      <td colSpan={HEADS.length}>{tn(healthy, 'Healthy, {n} cluster', 'Healthy, {n} clusters')}</td>
    </tr>
  );

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link in each row is the keyboard's way; this only widens its target
    <table
      ref={table}
      aria-label={t('Clusters')}
      onClick={onClick}
      onPointerMove={hold}
      onPointerLeave={release}
      className="block overflow-clip rounded-panel border border-l1 bg-bg1 [&_[data-scope]]:cursor-pointer"
    >
      <thead className="block max-md:sr-only">
        <tr className={`grid h-[31px] items-center border-l1 border-b pr-3.5 text-11 text-f2 ${FLEET_COLUMNS}`}>
          {HEADS.map(({ word, look }) => (
            <th key={String(word)} scope="col" className={`text-left font-normal ${look}`}>
              {word === '' ? (
                <span className="sr-only">{t('Severity')}</span>
              ) : typeof word === 'string' ? (
                t(word)
              ) : (
                wire(word)
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block">
        {rows.flatMap((row, index) => {
          const line = <FleetRow key={row.scope} row={row} isTold={told.has(row.scope)} />;
          return index === firstHealthy ? [divider, line] : [line];
        })}
      </tbody>
    </table>
  );
}
