'use client';
import type { RefObject } from 'react';
import { type FleetChoice, type FleetView, fleetCsv, SORTS, type Sort } from '@/lib/client/fleet/view';
import { form, t } from '@/lib/client/words/text';
import { HEALTHS, type Health } from '@/lib/domain/severity';
import { CopyButton } from '../ui/copy-button';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon, type IconName } from '../ui/icon';
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
  /** Of labels to group by. */
  readonly keys: readonly string[];
  /** Asks for saved views, columns and keys. */
  readonly onView: () => void;
  readonly onChoose: (choice: FleetChoice) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function Toolbar({ choice, view, keys, onView, onChoose, inputRef }: ToolbarProps) {
  const options: readonly (Health | null)[] = [null, ...HEALTHS];
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <FilterInput text={choice.text} onText={(text) => onChoose({ ...choice, text })} inputRef={inputRef} />
      <fieldset className="relative flex min-w-0 max-w-full overflow-x-auto rounded-control border border-l2 bg-bg1 max-md:w-full">
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
      <div className="ml-auto flex flex-wrap items-center gap-x-1 max-md:ml-0">
        {(keys.length > 0 || choice.group !== null) && (
          <ToolbarSelect
            icon="rows"
            label={t('Group by')}
            value={choice.group ?? ''}
            onChange={(value) => onChoose({ ...choice, group: value === '' ? null : value, folded: [] })}
            options={[
              { value: '', word: t('One list') },
              ...[...new Set([...keys, ...(choice.group === null ? [] : [choice.group])])].map((key) => ({
                value: key,
                word: t('By {label}', { label: key }),
              })),
            ]}
          />
        )}
        <ToolbarSelect
          icon="sort"
          label={t('Sort')}
          value={choice.sort}
          onChange={(value) => onChoose({ ...choice, sort: SORTS.find((sort) => sort === value) ?? 'worst' })}
          options={SORTS.map((sort) => ({ value: sort, word: t(SORT_WORDS[sort]) }))}
        />
        <button
          type="button"
          onClick={onView}
          aria-haspopup="dialog"
          aria-keyshortcuts="?"
          title={t('Saved views, columns and keys')}
          className="flex h-[30px] items-center gap-2 rounded-control px-2.5 font-medium text-12 text-f0 hover:bg-bg2 max-md:h-11"
        >
          <Icon name="columns" />
          {t('View')}
        </button>
        <CopyButton icon="download" label={t('Copy as CSV')} text={() => fleetCsv(view.rows)} />
      </div>
    </div>
  );
}

interface ToolbarSelectProps {
  readonly icon: IconName;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly word: string }[];
}

function ToolbarSelect({ icon, label, value, onChange, options }: ToolbarSelectProps) {
  return (
    <label className="relative flex h-[30px] max-w-full items-center gap-2 text-12 text-f0 max-md:h-11">
      <Icon name={icon} className="pointer-events-none absolute left-2.5" />
      <span className="sr-only">{label}</span>
      <select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-full max-w-48 cursor-pointer appearance-none text-ellipsis rounded-control bg-transparent pr-3 pl-8 font-medium hover:bg-bg2"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} className="bg-bg1 text-f0">
            {option.word}
          </option>
        ))}
      </select>
    </label>
  );
}
