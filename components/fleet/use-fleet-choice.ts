'use client';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { type FleetChoice, parseChoice, printChoice } from '@/lib/client/fleet/view';

/** Browsers refuse more than about a hundred address changes in half a minute. */
const WRITE_AFTER_MS = 200;

/** The choice, mirrored into the address bar; a new address from outside replaces it. */
export function useFleetChoice(): {
  choice: FleetChoice;
  notices: readonly string[];
  choose: (choice: FleetChoice) => void;
} {
  const params = useSearchParams();
  const address = params.toString();
  const [{ choice, notices }, setState] = useState(() => parseChoice(new URLSearchParams(address)));
  const written = useRef(address);

  useEffect(() => {
    if (address === written.current) return;
    written.current = address;
    setState(parseChoice(new URLSearchParams(address)));
  }, [address]);

  useEffect(() => {
    const query = printChoice(choice);
    const timer = setTimeout(() => {
      if (query.slice(1) === written.current || notices.length > 0) return;
      written.current = query.slice(1);
      history.replaceState(null, '', `${location.pathname}${query}`);
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [choice, notices]);

  const choose = (next: FleetChoice) => {
    const parsed = parseChoice(new URLSearchParams(printChoice(next)));
    setState({ choice: next, notices: parsed.notices });
  };
  return { choice, notices, choose };
}
