'use client';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { FleetLine } from '@/lib/client/fleet/lines';

/** Up to so many all stand in the page, where the browser's own search finds them. */
const FLOW_MAX = 150;
const OVERSCAN = 8;
/** The bar and the head of the table cover what is above. */
const COVERED = 88;
const TABLE_FROM = 960;
/** Before it was measured: quiet, in trouble, a head; in a table and as a card. */
const HEIGHTS = { table: [39, 60, 34], card: [92, 150, 45] } as const;

/** On paper every line is there. */
function usePaper(): boolean {
  const [paper, setPaper] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPaper(true));
    const end = () => setPaper(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return paper;
}

export interface ShownLine {
  readonly index: number;
  /** Pixels below the top of the body; null: in its flow. */
  readonly top: number | null;
}

interface VirtualLines {
  readonly body: RefObject<HTMLTableSectionElement | null>;
  readonly shown: readonly ShownLine[];
  /** Of the whole body; null: as high as what is in it. */
  readonly height: number | null;
  readonly measure: (line: HTMLElement | null) => void;
  /** The focus goes so many lines on, from none to the first or the last. */
  readonly move: (step: number) => void;
}

/** Of hundreds of lines only those around the window are drawn, and the one that holds the focus. */
export function useVirtualLines(lines: readonly FleetLine[], told: ReadonlySet<string>): VirtualLines {
  const body = useRef<HTMLTableSectionElement>(null);
  const focused = useRef<string | null>(null);
  const wanted = useRef<number | null>(null);
  const [margin, setMargin] = useState(0);
  const isVirtual = !usePaper() && lines.length > FLOW_MAX;

  // What stands above it comes and goes: banners, notices, a toolbar of two rows.
  useLayoutEffect(() => {
    if (!isVirtual) return;
    const place = () => {
      if (body.current !== null) setMargin(Math.round(body.current.getBoundingClientRect().top + scrollY));
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [isVirtual]);

  const virtual = useWindowVirtualizer({
    count: isVirtual ? lines.length : 0,
    estimateSize: (index) => {
      const line = lines[index];
      const heights = (globalThis.innerWidth ?? TABLE_FROM) < TABLE_FROM ? HEIGHTS.card : HEIGHTS.table;
      if (line?.kind !== 'row') return heights[2];
      return line.row.health === 'ok' || told.has(line.key) ? heights[0] : heights[1];
    },
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin: margin,
    scrollPaddingStart: COVERED,
    initialRect: { width: 1440, height: 900 },
    useFlushSync: false,
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      const at = focused.current === null ? -1 : lines.findIndex(({ key }) => key === focused.current);
      return at < 0 || drawn.includes(at) ? drawn : [...drawn, at].sort((a, b) => a - b);
    },
  });

  const focus = useCallback((index: number): boolean => {
    const line = body.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    const link = line?.querySelector<HTMLElement>('[data-row-link]');
    if (!line || !link) return false;
    link.focus({ preventScroll: true });
    line.scrollIntoView({ block: 'nearest' });
    return true;
  }, []);

  // A line that was asked for is there a moment after it was scrolled to.
  useEffect(() => {
    if (wanted.current !== null && focus(wanted.current)) wanted.current = null;
  });

  useEffect(() => {
    const element = body.current;
    const onFocus = (event: FocusEvent) => {
      const index = event.target instanceof Element && event.target.closest<HTMLElement>('[data-index]')?.dataset.index;
      focused.current = (index && lines[Number(index)]?.key) || null;
    };
    const onBlur = () => {
      focused.current = null;
    };
    element?.addEventListener('focusin', onFocus);
    element?.addEventListener('focusout', onBlur);
    return () => {
      element?.removeEventListener('focusin', onFocus);
      element?.removeEventListener('focusout', onBlur);
    };
  }, [lines]);

  const move = useCallback(
    (step: number) => {
      const here = document.activeElement?.closest<HTMLElement>('[data-index]')?.dataset.index;
      let next = here === undefined ? (step > 0 ? 0 : lines.length - 1) : Number(here) + step;
      if (lines[next]?.kind === 'healthy') next += step;
      if (lines[next] === undefined || focus(next)) return;
      wanted.current = next;
      virtual.scrollToIndex(next);
    },
    [lines, focus, virtual],
  );

  const flow = useMemo(() => lines.map((_, index) => ({ index, top: null })), [lines]);
  const shown = isVirtual
    ? virtual.getVirtualItems().map(({ index, start }) => ({ index, top: start - margin }))
    : flow;
  return { body, shown, height: isVirtual ? virtual.getTotalSize() : null, measure: virtual.measureElement, move };
}
