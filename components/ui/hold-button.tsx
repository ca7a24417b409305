'use client';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { t, wire } from '@/lib/client/words/text';
import { measured } from '@/lib/language/quantity';
import { Icon, type IconName } from './icon';

const HOLD_MS = 2000;
const SHOW_EACH_MS = 100;

/** Not on every phone, and never needed to understand what happens. */
function tick(pattern: number | number[]): void {
  navigator.vibrate?.(pattern);
}

interface HoldButtonProps {
  readonly children: string;
  readonly icon?: IconName;
  readonly disabled: boolean;
  readonly onConfirm: () => void;
  readonly describedBy?: string;
}

/**
 * Confirms after it was held for 2 s, by finger, Enter or Space; letting go cancels. A screen reader can only press: there the
 * first press arms and the second confirms.
 */
export function HoldButton({ children, icon, disabled, onConfirm, describedBy }: HoldButtonProps) {
  const [leftMs, setLeftMs] = useState<number | null>(null);
  const [armed, setArmed] = useState(false);
  const timer = useRef<ReturnType<typeof setInterval> | null>(null);
  const pointed = useRef(false);
  const confirm = useRef(onConfirm);
  useEffect(() => {
    confirm.current = onConfirm;
  });

  const stop = () => {
    if (timer.current !== null) clearInterval(timer.current);
    timer.current = null;
    setLeftMs(null);
  };
  const start = () => {
    if (disabled) {
      tick([30, 40, 30]);
      return;
    }
    if (timer.current !== null) return;
    const end = performance.now() + HOLD_MS;
    tick(12);
    setLeftMs(HOLD_MS);
    timer.current = setInterval(() => {
      const left = end - performance.now();
      if (left > 0) {
        setLeftMs(left);
        return;
      }
      stop();
      tick(24);
      confirm.current();
    }, SHOW_EACH_MS);
  };
  useEffect(() => {
    const cancel = () => {
      if (timer.current !== null) clearInterval(timer.current);
      timer.current = null;
      setLeftMs(null);
    };
    if (disabled) cancel();
    document.addEventListener('visibilitychange', cancel);
    return () => {
      document.removeEventListener('visibilitychange', cancel);
      if (timer.current !== null) clearInterval(timer.current);
    };
  }, [disabled]);
  useEffect(() => {
    if (!armed) return;
    const wait = setTimeout(() => setArmed(false), 5000);
    return () => clearTimeout(wait);
  }, [armed]);

  const isHoldKey = (event: KeyboardEvent): boolean => event.key === 'Enter' || event.key === ' ';
  const held = leftMs !== null;
  return (
    <button
      type="button"
      disabled={disabled}
      aria-describedby={describedBy}
      onPointerDown={(event) => {
        pointed.current = true;
        if (event.button === 0) start();
      }}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        if (!event.repeat) start();
      }}
      onKeyUp={(event) => {
        if (isHoldKey(event)) stop();
      }}
      onBlur={stop}
      onClick={() => {
        const byPointer = pointed.current;
        pointed.current = false;
        if (byPointer || disabled) return;
        if (armed) {
          setArmed(false);
          onConfirm();
        } else setArmed(true);
      }}
      className="relative flex min-h-[60px] w-full touch-none select-none items-center justify-center overflow-hidden rounded-dialog border border-accent bg-accent-fill px-4 font-semibold text-15 text-white disabled:cursor-default disabled:border-l2 disabled:bg-bg3 disabled:font-medium disabled:text-f1 data-held:bg-bg3 data-held:text-f0"
      data-held={held ? '' : undefined}
    >
      {held && (
        <span
          aria-hidden="true"
          className="absolute inset-y-0 left-0 bg-accent-fill/60"
          style={{ width: `${((HOLD_MS - leftMs) / HOLD_MS) * 100}%`, transition: `width ${SHOW_EACH_MS}ms linear` }}
        />
      )}
      <span className="relative flex min-w-0 items-center gap-2.5">
        {icon && <Icon name={icon} size={18} />}
        <span className="min-w-0 break-words">
          {held
            ? t('Keep holding, {time}', { time: wire(measured(leftMs / 1000, 's', 1)) })
            : armed
              ? t('Press again: {what}', { what: children })
              : children}
        </span>
      </span>
    </button>
  );
}
