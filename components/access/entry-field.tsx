'use client';
import { type ReactNode, type Ref, useId, useState } from 'react';
import { t } from '@/lib/client/words/text';

interface EntryFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly kind?: 'text' | 'password' | 'code';
  /** As password managers know it. */
  readonly autoComplete: string;
  readonly note?: ReactNode;
  readonly invalid?: boolean;
  readonly readOnly?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

const INPUT =
  'w-full min-w-0 rounded-control border border-l2 bg-bg0 px-2.5 text-13 text-f0 min-h-[38px] hover:border-l3 read-only:text-f1 aria-invalid:border-warning pointer-coarse:min-h-11 pointer-coarse:text-15';

/** What proves who one is: a name, a password, a code. Password managers fill it, a phone offers the right keys. */
export function EntryField({
  label,
  name,
  value,
  onChange,
  kind = 'text',
  autoComplete,
  note,
  invalid = false,
  readOnly = false,
  ref,
}: EntryFieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const isCode = kind === 'code';
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-12 text-f1">
        {label}
      </label>
      <span className="relative block">
        <input
          ref={ref}
          id={id}
          name={name}
          type={kind === 'password' && !isShown ? 'password' : 'text'}
          value={value}
          required
          readOnly={readOnly}
          maxLength={isCode ? 20 : kind === 'password' ? 1000 : 64}
          onChange={(event) => onChange(event.target.value)}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          inputMode={isCode ? 'numeric' : undefined}
          aria-invalid={invalid || undefined}
          aria-describedby={note === undefined ? undefined : `${id}note`}
          className={`${INPUT} ${isCode ? 'font-mono tracking-[0.3em]' : ''} ${kind === 'password' ? 'pr-16' : ''}`}
        />
        {kind === 'password' && (
          <button
            type="button"
            aria-pressed={isShown}
            aria-label={t('Show the password')}
            onClick={() => setShown((was) => !was)}
            className="absolute inset-y-px right-px rounded-control px-3 text-12 text-f2 hover:text-f0"
          >
            {isShown ? t('Hide') : t('Show')}
          </button>
        )}
      </span>
      {note !== undefined && (
        <span id={`${id}note`} className="mt-1 block text-12 text-f2">
          {note}
        </span>
      )}
    </div>
  );
}
