'use client';
import type { RefObject } from 'react';
import { type FleetChoice, type FleetView, fleetCsv, SORTS, type Sort } from '@/lib/client/fleet/view';
import { form, t } from '@/lib/client/words/text';
import { HEALTHS, type Health } from '@/lib/domain/severity';
import { CopyButton } from '../ui/copy-button';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { FilterInput } from './filter-input';

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  worst: form('Worst first'),
  name: form('By name'),
  lag: form('By lag'),
  age: form('Oldest first'),
};

interface ToolbarProps {
  readonly choice: FleetChoice;
  readonly view: FleetView;
  readonly onChoose: (choice: FleetChoice) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function Toolbar({ choice, view, onChoose, inputRef }: ToolbarProps) {
  const options: readonly (Health | null)[] = [null, ...HEALTHS];
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      <FilterInput text={choice.text} onText={(text) => onChoose({ ...choice, text })} inputRef={inputRef} />
      <fieldset className="relative flex max-w-full overflow-x-auto rounded-control border border-l2 bg-bg1 max-md:w-full">
        <legend className="sr-only">{t('Severity')}</legend>
        {options.map((health) => (
          <button
            key={health ?? 'all'}
            type="button"
            aria-pressed={choice.health === health}
            onClick={() => onChoose({ ...choice, health })}
            className="flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap border-l1 px-3 text-13 text-f1 -outline-offset-2 not-first-of-type:border-l aria-pressed:bg-bg3 aria-pressed:font-semibold aria-pressed:text-f0 max-md:h-11 max-md:px-2.5"
          >
            {health !== null && <SeverityIcon health={health} size={13} />}
            <span className={health === null ? '' : 'max-md:sr-only'}>
              {health === null ? t('All') : t(HEALTH_WORDS[health])}
            </span>
            <span className="font-normal text-f2">{health === null ? view.matching : view.counts[health]}</span>
          </button>
        ))}
      </fieldset>
      <label className="relative ml-auto flex h-[30px] items-center gap-2 text-12 text-f0 max-md:ml-0 max-md:h-11">
        <Icon name="sort" className="pointer-events-none absolute left-2.5" />
        <span className="sr-only">{t('Sort')}</span>
        <select
          value={choice.sort}
          onChange={(event) =>
            onChoose({ ...choice, sort: SORTS.find((sort) => sort === event.target.value) ?? 'worst' })
          }
          className="h-full cursor-pointer appearance-none rounded-control bg-transparent pr-3 pl-8 font-medium hover:bg-bg2"
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort} className="bg-bg1 text-f0">
              {t(SORT_WORDS[sort])}
            </option>
          ))}
        </select>
      </label>
      <CopyButton words icon="download" label={t('Copy as CSV')} text={() => fleetCsv(view.rows)} />
    </div>
  );
}
