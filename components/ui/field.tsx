'use client';
import { type ReactNode, type Ref, useId } from 'react';
import { Icon } from './icon';

const INPUT =
  'w-full min-w-0 rounded-control border border-l2 bg-bg0 px-2.5 text-13 text-f0 hover:border-l3 disabled:text-f3 min-h-[34px] pointer-coarse:min-h-11 pointer-coarse:text-15';

interface TextFieldProps {
  readonly label: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly note?: ReactNode;
  readonly type?: 'text' | 'number' | 'datetime-local' | 'search';
  readonly mono?: boolean;
  /** What was typed is what was asked for. */
  readonly met?: boolean;
  readonly min?: string | undefined;
  readonly maxLength?: number;
  readonly placeholder?: string | undefined;
  readonly initialFocus?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function TextField({
  label,
  value,
  onChange,
  note,
  type = 'text',
  mono = false,
  met = false,
  min,
  maxLength = 500,
  placeholder,
  initialFocus = false,
  ref,
}: TextFieldProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-12 text-f1">
        {label}
      </label>
      <span className="relative block">
        <input
          ref={ref}
          id={id}
          type={type}
          step={type === 'datetime-local' ? 1 : undefined}
          value={value}
          min={min}
          maxLength={maxLength}
          placeholder={placeholder}
          onChange={(event) => onChange(event.target.value)}
          aria-describedby={note === undefined ? undefined : `${id}note`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-initial-focus={initialFocus ? '' : undefined}
          className={`${INPUT} ${mono ? 'font-mono text-12' : ''} ${met ? 'pr-9' : ''}`}
        />
        {met && (
          <Icon name="check" className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-f1" />
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

interface TextAreaProps {
  readonly label: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly note?: ReactNode;
  readonly rows?: number;
  readonly maxLength: number;
  readonly ref?: Ref<HTMLTextAreaElement>;
}

/** A person's words, more than a line of them. */
export function TextAreaField({ label, value, onChange, note, rows = 3, maxLength, ref }: TextAreaProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-12 text-f1">
        {label}
      </label>
      <textarea
        ref={ref}
        id={id}
        value={value}
        rows={rows}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={note === undefined ? undefined : `${id}note`}
        className={`${INPUT} block resize-y py-1.5`}
      />
      {note !== undefined && (
        <span id={`${id}note`} className="mt-1 block text-12 text-f2">
          {note}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly word: string }[];
  /** The label is for screen readers only. */
  readonly quiet?: boolean;
}

export function SelectField({ label, value, onChange, options, quiet = false }: ChoiceProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={quiet ? 'sr-only' : 'mb-1.5 block text-12 text-f1'}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)} className={INPUT}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.word}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly note?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export function CheckField({ label, note, checked, onChange, disabled = false }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-start gap-2.5 pointer-coarse:min-h-11">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={note === undefined ? undefined : `${id}note`}
        className="mt-[3px] size-3.5 shrink-0 accent-accent-fill pointer-coarse:size-5"
      />
      <span className="min-w-0">
        <label htmlFor={id} className={`block ${disabled ? 'text-f3' : 'text-f0'}`}>
          {label}
        </label>
        {note !== undefined && (
          <span id={`${id}note`} className="block text-12 text-f2">
            {note}
          </span>
        )}
      </span>
    </div>
  );
}
