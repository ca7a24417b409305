'use client';
import { useState } from 'react';
import { useMe } from '@/lib/client/access/me';
import { COLUMNS, DEFAULT_COLUMNS } from '@/lib/client/fleet/columns';
import {
  readViews,
  type SavedView,
  VIEW_NAME_MAX,
  VIEWS_MAX,
  withView,
  writeViews,
} from '@/lib/client/fleet/saved-views';
import { type FleetChoice, parseChoice, printChoice } from '@/lib/client/fleet/view';
import { form, t } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { CheckField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { COLUMN_WORDS } from './fleet-table';

const KEYS = [
  { keys: ['/'], word: form('Filter') },
  { keys: ['j', 'k'], word: form('Next and previous cluster') },
  { keys: ['Enter'], word: form('Open the cluster') },
  { keys: ['Ctrl K'], word: form('Cluster, member or action') },
  { keys: ['?'], word: form('This dialog') },
] as const;

const HEADING = 'mb-2 font-semibold text-13 text-f0';

interface ViewDialogProps {
  readonly choice: FleetChoice;
  readonly onChoose: (choice: FleetChoice) => void;
  readonly onClose: () => void;
}

/** What the table shows, views kept under a name, and the keys. */
export function ViewDialog({ choice, onChoose, onClose }: ViewDialogProps) {
  const person = useMe()?.name ?? '';
  const [views, setViews] = useState(() => readViews(localStorage, person));
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const query = printChoice(choice);

  const keep = (next: readonly SavedView[] | null): void => {
    if (next === null) {
      setProblem(t('There are {n} views already: remove one first.', { n: VIEWS_MAX }));
    } else if (!writeViews(localStorage, person, next)) {
      setProblem(t('This browser does not keep it: its storage is closed or full.'));
    } else {
      setViews(next);
      setName('');
      setProblem(null);
    }
  };

  return (
    <Dialog label={t('View of the fleet')} onClose={onClose} className="md:w-[560px]">
      <header className="flex items-center border-l1 border-b px-4 py-3">
        <h2 className="font-semibold text-15 text-f0">{t('View of the fleet')}</h2>
        <button
          type="button"
          onClick={onClose}
          aria-label={t('Close')}
          className="ml-auto flex size-8 items-center justify-center rounded-control text-f2 hover:text-f0 pointer-coarse:size-11"
        >
          <Icon name="close" size={16} />
        </button>
      </header>
      <div className="flex min-h-0 flex-col gap-5 overflow-y-auto p-4">
        <section aria-labelledby="saved-views">
          <h3 id="saved-views" className={HEADING}>
            {t('Saved views')}
          </h3>
          {views.length > 0 && (
            <ul className="mb-3 rounded-panel border border-l1">
              {views.map((view) => (
                <li key={view.name} className="flex items-center border-l1 not-first:border-t">
                  <button
                    type="button"
                    aria-current={view.query === query ? 'true' : undefined}
                    onClick={() => {
                      onChoose(parseChoice(new URLSearchParams(view.query)).choice);
                      onClose();
                    }}
                    className="min-h-9 min-w-0 grow break-words px-3 py-1 text-left text-f0 hover:bg-bg2 aria-[current]:font-semibold pointer-coarse:min-h-11"
                  >
                    {view.name}
                  </button>
                  <button
                    type="button"
                    aria-label={t('Remove {label}', { label: view.name })}
                    onClick={() => keep(views.filter((other) => other !== view))}
                    className="flex size-9 shrink-0 items-center justify-center text-f2 hover:text-f0 pointer-coarse:size-11"
                  >
                    <Icon name="close" size={13} />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <form
            className="flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() !== '') keep(withView(views, { name: name.trim(), query }));
            }}
          >
            <div className="min-w-0 grow">
              <TextField
                label={t('Keep filter, order, groups and columns as')}
                value={name}
                onChange={setName}
                maxLength={VIEW_NAME_MAX}
              />
            </div>
            <Button type="submit" disabled={name.trim() === ''}>
              {t('Save view')}
            </Button>
          </form>
          {problem !== null && (
            <p role="alert" className="mt-2 text-12 text-warning">
              {problem}
            </p>
          )}
        </section>
        <section aria-labelledby="view-columns">
          <h3 id="view-columns" className={HEADING}>
            {t('Columns')}
          </h3>
          <div className="grid grid-cols-2 gap-x-4 gap-y-2">
            {COLUMNS.map((column) => (
              <CheckField
                key={column}
                label={t(COLUMN_WORDS[column])}
                checked={choice.columns.includes(column)}
                onChange={(checked) =>
                  onChoose({
                    ...choice,
                    columns: COLUMNS.filter((one) => (one === column ? checked : choice.columns.includes(one))),
                  })
                }
              />
            ))}
          </div>
          {choice.columns.join() !== DEFAULT_COLUMNS.join() && (
            <button
              type="button"
              onClick={() => onChoose({ ...choice, columns: DEFAULT_COLUMNS })}
              className="mt-2 rounded-chip text-12 text-f1 underline hover:text-f0"
            >
              {t('As it was')}
            </button>
          )}
        </section>
        <section aria-labelledby="view-keys" className="max-md:hidden">
          <h3 id="view-keys" className={HEADING}>
            {t('Keys')}
          </h3>
          <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1.5 text-12 text-f1">
            {KEYS.map(({ keys, word }) => (
              <div key={word} className="contents">
                <dt className="flex gap-1">
                  {keys.map((key) => (
                    <kbd key={key} className="rounded-chip border border-l2 bg-bg2 px-1.5 font-sans text-11 text-f1">
                      {key}
                    </kbd>
                  ))}
                </dt>
                <dd>{t(word)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
