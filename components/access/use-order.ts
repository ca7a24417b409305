'use client';
import { useState } from 'react';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { wire } from '@/lib/client/words/text';

export interface Order {
  readonly isSending: boolean;
  /** Why the last one failed, in this language; null: it did not. */
  readonly problem: string | null;
  /** What came back; null: it failed. */
  readonly run: <T>(send: () => Promise<T>) => Promise<{ readonly answer: T } | null>;
}

/** One order at a time, sent by a press, and what became of it. */
export function useOrder(): Order {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async <T>(send: () => Promise<T>): Promise<{ readonly answer: T } | null> => {
    setSending(true);
    setProblem(null);
    try {
      return { answer: await send() };
    } catch (error) {
      setProblem(wire(reasonOf(error)));
      return null;
    } finally {
      setSending(false);
    }
  };
  return { isSending, problem, run };
}
