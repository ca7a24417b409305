'use client';
import { type ReactNode, type Ref, useId } from 'react';
import { Icon, type IconName } from './icon';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: (() => void) | undefined;
  readonly kind?: 'plain' | 'primary' | 'quiet';
  readonly icon?: IconName | undefined;
  readonly disabled?: boolean | undefined;
  readonly type?: 'button' | 'submit';
  readonly title?: string | undefined;
  readonly label?: string | undefined;
  readonly className?: string;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly describedBy?: string | undefined;
  /** Why the one who looks may not; null: they may. */
  readonly locked?: string | null | undefined;
}

const KIND = {
  plain: 'border-l2 bg-bg2 text-f0 enabled:hover:border-l3 disabled:text-f3',
  primary:
    'border-accent-fill bg-accent-fill text-white enabled:hover:brightness-110 disabled:border-l2 disabled:bg-bg3 disabled:text-f2',
  quiet: 'border-transparent bg-transparent text-f2 enabled:hover:text-f0 disabled:text-f3',
} as const;

/** A disabled one says why in its own text: that is the caller's part. */
export function Button({
  children,
  onClick,
  kind = 'plain',
  icon,
  disabled = false,
  type = 'button',
  title,
  label,
  className = '',
  ref,
  describedBy,
  locked = null,
}: ButtonProps) {
  const id = useId();
  const shown = locked === null ? icon : 'lock';
  return (
    <button
      ref={ref}
      type={type}
      onClick={onClick}
      disabled={disabled || locked !== null}
      title={locked ?? title}
      aria-label={label}
      aria-describedby={locked === null ? describedBy : id}
      className={`inline-flex min-h-[30px] items-center justify-center gap-2 rounded-control border px-3 py-1 text-left font-medium text-13 disabled:cursor-default pointer-coarse:min-h-11 ${KIND[kind]} ${className}`}
    >
      {shown && <Icon name={shown} size={14} />}
      {children}
      {locked !== null && (
        <span id={id} hidden>
          {locked}
        </span>
      )}
    </button>
  );
}
