'use client';
import { useId } from 'react';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Card } from '@/lib/telling/card/card';
import type { CardOption } from '@/lib/telling/card/options';
import { CodeText } from '../ui/code-text';
import { Icon } from '../ui/icon';

interface OptionListProps {
  readonly card: Card;
  /** Key of the option; null: none. */
  readonly chosen: string | null;
  readonly onChoose: (option: CardOption) => void;
}

/** At most three, best first; what is refused stays visible with its reason, and nothing is chosen beforehand. */
export function OptionList({ card, chosen, onChoose }: OptionListProps) {
  const { options, worst } = card;
  const name = useId();
  return (
    <section className="px-4 pt-4 pb-4" aria-labelledby={`${name}head`}>
      <h2 id={`${name}head`} className="mb-1.5 px-1 font-semibold text-13 text-f2">
        {t('What can I do')}
      </h2>
      {worst !== null && (
        <p className="mb-2.5 break-words px-1 text-15 text-f1">
          <b className="font-semibold text-f0">{stopped(wire(worst.title))}</b> <CodeText text={wire(worst.advice)} />
        </p>
      )}
      {options.length === 0 && <p className="px-1 text-15 text-f1">{t('Nothing needs to be done.')}</p>}
      <div role="radiogroup" aria-labelledby={`${name}head`} className="grid gap-2.5">
        {options.map((option) => (
          <Option
            key={option.key}
            option={option}
            group={name}
            checked={option.key === chosen}
            onChoose={() => onChoose(option)}
          />
        ))}
      </div>
    </section>
  );
}

/** Somebody else can be asked: then it can be chosen although it is refused. */
const isOpen = (option: CardOption): boolean =>
  option.refused === null || (option.kind === 'act' && option.needsSecond);

interface OptionProps {
  readonly option: CardOption;
  readonly group: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function Option({ option, group, checked, onChoose }: OptionProps) {
  const id = useId();
  const open = isOpen(option);
  return (
    <label
      className={`grid grid-cols-[26px_minmax(0,1fr)] gap-x-3 rounded-dialog border px-4 py-3 has-checked:border-accent has-checked:bg-[color-mix(in_srgb,var(--accent)_13%,var(--bg1))] has-focus-visible:outline has-focus-visible:outline-accent ${open ? 'cursor-pointer border-l2 bg-bg1' : 'border-l1'}`}
    >
      <input
        type="radio"
        name={group}
        checked={checked}
        disabled={!open}
        onChange={onChoose}
        aria-labelledby={`${id}title`}
        aria-describedby={`${id}cost`}
        className={
          open
            ? 'mt-0.5 size-6 appearance-none rounded-full border-2 border-l3 bg-bg0 checked:border-[7px] checked:border-accent focus-visible:shadow-none'
            : 'sr-only'
        }
      />
      {!open && <Icon name="lock" size={20} className="mt-0.5 text-f3" />}
      <span className="min-w-0">
        <span id={`${id}title`} className={`block break-words text-15 ${open ? 'font-semibold text-f0' : 'text-f2'}`}>
          {wire(option.title)}
        </span>
        <span id={`${id}cost`} className="block break-words text-15 text-f2">
          {option.refused === null ? (
            <>
              {option.cost.map(({ text, loss }) => (
                <span key={String(text)} className={loss ? 'font-semibold text-warning' : 'text-f1'}>
                  {wire(text)}{' '}
                </span>
              ))}
              {option.kind === 'act' && option.warnings > 0 && (
                <span className="text-f1">{tn(option.warnings, '{n} warning to read.', '{n} warnings to read.')}</span>
              )}
            </>
          ) : (
            t('Refused: {reason}.', { reason: wire(option.refused).replace(/\.$/, '') })
          )}
        </span>
      </span>
    </label>
  );
}

/** With an end of its own, as a sentence before another. */
function stopped(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
