'use client';
import { useId, useState } from 'react';
import { t } from '@/lib/client/words/text';
import { TextField } from '../ui/field';

interface ReasonChipsProps {
  /** Two suggestions, in this language; what is chosen is kept as it reads. */
  readonly suggestions: readonly string[];
  readonly value: string;
  readonly onChange: (reason: string) => void;
}

/** A reason by one touch, or typed. */
export function ReasonChips({ suggestions, value, onChange }: ReasonChipsProps) {
  const id = useId();
  const [typing, setTyping] = useState(value !== '' && !suggestions.includes(value));
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-1.5 font-semibold text-13 text-f2">
        {t('Reason')}
      </h2>
      <div className="flex flex-wrap gap-2">
        {suggestions.map((reason) => (
          <Chip
            key={reason}
            word={reason}
            pressed={!typing && value === reason}
            onPress={() => {
              setTyping(false);
              onChange(reason);
            }}
          />
        ))}
        <Chip
          word={t('Other…')}
          pressed={typing}
          onPress={() => {
            setTyping(true);
            if (suggestions.includes(value)) onChange('');
          }}
        />
      </div>
      {typing && (
        <div className="mt-2.5">
          <TextField label={t('Why')} value={value} onChange={onChange} note={t('Kept in the audit.')} />
        </div>
      )}
    </section>
  );
}

function Chip({ word, pressed, onPress }: { word: string; pressed: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="min-h-11 rounded-full border border-l2 px-4 text-15 text-f1 aria-pressed:border-l3 aria-pressed:bg-bg3 aria-pressed:text-f0"
    >
      {word}
    </button>
  );
}
