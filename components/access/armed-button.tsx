'use client';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button';

const ARMED_MS = 5000;

interface ArmedButtonProps {
  readonly word: string;
  /** After the first press. */
  readonly sure: string;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
  /** Names what it is about, where several of the kind are on the page. */
  readonly label?: string | undefined;
}

/** What ends something for somebody: pressed twice, and what the second press does is said. */
export function ArmedButton({ word, sure, onConfirm, disabled = false, label }: ArmedButtonProps) {
  const [isArmed, setArmed] = useState(false);
  useEffect(() => {
    if (!isArmed) return;
    const wait = setTimeout(() => setArmed(false), ARMED_MS);
    return () => clearTimeout(wait);
  }, [isArmed]);
  return (
    <Button
      disabled={disabled}
      label={isArmed ? undefined : label}
      className="shrink-0"
      onClick={() => {
        setArmed(!isArmed);
        if (isArmed) onConfirm();
      }}
    >
      {isArmed ? sure : word}
    </Button>
  );
}
