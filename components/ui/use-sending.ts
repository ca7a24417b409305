'use client';
import { useRef, useState } from 'react';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { wire } from '@/lib/client/words/text';

export interface Sending {
  readonly isSending: boolean;
  /** Why the last one failed, in this language; null: it did not. */
  readonly problem: string | null;
  /** What came back; null: it failed, or the press before is not answered yet. */
  readonly run: <T>(send: () => Promise<T>) => Promise<{ readonly answer: T } | null>;
}

/** One request at a time, sent by a press, and what became of it. */
export function useSending(): Sending {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(false);
  const run = async <T>(send: () => Promise<T>): Promise<{ readonly answer: T } | null> => {
    if (busy.current) return null;
    busy.current = true;
    setSending(true);
    setProblem(null);
    try {
      return { answer: await send() };
    } catch (error) {
      setProblem(wire(reasonOf(error)));
      return null;
    } finally {
      busy.current = false;
      setSending(false);
    }
  };
  return { isSending, problem, run };
}
