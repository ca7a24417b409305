'use client';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { type EventFilter, parseEventFilter, printEventFilter, type ReadFilter } from '@/lib/client/past/event-filter';

/** Typing settles before the address and the server follow. A choice is written at once: a later write could undo a click. */
const WRITE_AFTER_MS = 250;

/** The filter, mirrored into the address; a new address from outside replaces it. `asked` lags behind while somebody types. */
export function useEventFilter(scope: string | null): {
  read: ReadFilter;
  asked: EventFilter;
  choose: (part: Partial<EventFilter>) => void;
} {
  const address = useSearchParams().toString();
  const [read, setRead] = useState<ReadFilter>(() => parseEventFilter(new URLSearchParams(address), scope));
  const [asked, setAsked] = useState(read.filter);
  const written = useRef(address);
  const typing = useRef(false);

  useEffect(() => {
    if (address === written.current) return;
    written.current = address;
    const next = parseEventFilter(new URLSearchParams(address), scope);
    setRead(next);
    setAsked(next.filter);
  }, [address, scope]);

  const { filter, notices } = read;
  useEffect(() => {
    const write = () => {
      setAsked(filter);
      const query = printEventFilter(filter, scope);
      if (query.slice(1) === written.current || notices.length > 0) return;
      written.current = query.slice(1);
      history.replaceState(null, '', `${location.pathname}${query}`);
    };
    if (!typing.current) return write();
    const timer = setTimeout(write, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [filter, notices, scope]);

  const choose = (part: Partial<EventFilter>) => {
    typing.current = part.text !== undefined && part.text !== '';
    setRead((was) => ({ filter: { ...was.filter, ...part }, notices: [] }));
  };
  return { read, asked, choose };
}
