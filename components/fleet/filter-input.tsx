'use client';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';

interface FilterInputProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

const isLabel = (word: string): boolean => /^[^=<>\s]+=\S+$/.test(word);

function split(text: string): { chips: string[]; draft: string } {
  const words = text.split(/\s+/).filter(Boolean);
  return { chips: words.filter(isLabel), draft: words.filter((word) => !isLabel(word)).join(' ') };
}

/** Finished `key=value` words stand as chips; the rest is plain text. */
export function FilterInput({ text, onText, inputRef }: FilterInputProps) {
  const [parts, setParts] = useState(() => split(text));
  const [shown, setShown] = useState(text);
  if (text !== shown) {
    setShown(text);
    setParts(split(text));
  }

  const set = (chips: string[], draft: string) => {
    const next = [...chips, draft].join(' ').trim();
    setParts({ chips, draft });
    setShown(next);
    onText(next);
  };
  const onDraft = (draft: string) => {
    const words = draft.split(/\s+/);
    const done = words.slice(0, -1).filter(isLabel);
    if (done.length === 0) return set(parts.chips, draft);
    const rest = words.filter((word, index) => index === words.length - 1 || !isLabel(word));
    set([...new Set([...parts.chips, ...done])], rest.join(' '));
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') onDraft(`${parts.draft} `);
    else if (event.key === 'Backspace' && parts.draft === '') set(parts.chips.slice(0, -1), '');
    else if (event.key === 'Escape') set([], '');
  };

  return (
    <div className="flex min-h-[30px] w-full min-w-0 flex-wrap items-center gap-1.5 rounded-control border border-l2 bg-bg1 py-0.5 pr-1.5 pl-2.5 focus-within:border-accent focus-within:shadow-[0_0_0_3px_color-mix(in_srgb,var(--accent)_28%,transparent)] max-md:min-h-11 md:w-[290px] min-[1600px]:w-[410px]">
      <Icon name="search" className="mr-1 text-f2" />
      {parts.chips.map((chip) => (
        <button
          key={chip}
          type="button"
          aria-label={t('Remove {label}', { label: chip })}
          title={t('Remove')}
          onClick={() =>
            set(
              parts.chips.filter((other) => other !== chip),
              parts.draft,
            )
          }
          className="h-5 rounded-chip bg-bg3 px-1.5 font-mono text-11 text-f0 max-md:h-8"
        >
          {chip}
        </button>
      ))}
      <input
        ref={inputRef}
        type="search"
        aria-label={t('Filter by scope, label, member, finding')}
        aria-keyshortcuts="/"
        placeholder={t('Filter by scope, label, member, finding')}
        value={parts.draft}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={onKey}
        className="h-6 min-w-24 grow bg-transparent text-13 text-f0 outline-none focus-visible:shadow-none max-md:text-15"
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  );
}
