'use client';
import { type ReactNode, useState } from 'react';

/** Brightens once when the value behind it changes; not when it first appears. */
export function Changed({ value, children }: { value: string | number | null; children?: ReactNode }) {
  const [seen, setSeen] = useState({ value, times: 0 });
  if (value !== seen.value) setSeen({ value, times: seen.times + 1 });
  return (
    <span key={seen.times} className={seen.times > 0 ? 'brighten' : ''}>
      {children ?? value}
    </span>
  );
}
