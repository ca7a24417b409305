'use client';
import { useId } from 'react';

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly word: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of a few words, as radio buttons: arrow keys move between them. */
export function Segmented<T extends string>({ label, options, value, onChange }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className="inline-flex w-fit shrink-0 overflow-clip rounded-control border border-l2 bg-bg1 text-12">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="flex min-h-7 cursor-pointer items-center whitespace-nowrap border-l2 px-3 font-medium text-f2 not-first-of-type:border-l hover:text-f0 has-checked:bg-bg3 has-checked:text-f0 has-focus-visible:bg-bg3 has-focus-visible:shadow-[inset_0_0_0_1px_var(--accent)] pointer-coarse:min-h-11 pointer-coarse:px-4"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.word}
        </label>
      ))}
    </fieldset>
  );
}
