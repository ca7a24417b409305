'use client';
import { type FormEvent, useState } from 'react';
import { based } from '@/lib/client/live/base';
import { browserZone, type IncidentWindow, PRESETS, parseWindow, reportPath } from '@/lib/client/past/incident';
import { incidentPath, momentInput, readMomentInput } from '@/lib/client/past/moment';
import { t, wire } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';

interface WindowBarProps {
  readonly scope: string;
  /** null: the address holds none that can be shown. */
  readonly window: IncidentWindow | null;
  readonly now: number;
  readonly onChoose: (window: IncidentWindow) => void;
}

/** From when to when, and the ways to hand it on. */
export function WindowBar({ scope, window, now, onChoose }: WindowBarProps) {
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const shown = {
    from: from ?? (window === null ? '' : momentInput(window.from)),
    to: to ?? (window === null ? '' : momentInput(window.to)),
  };
  const isChanged = from !== null || to !== null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [begin, end] = [readMomentInput(shown.from), readMomentInput(shown.to)];
    const parsed = begin === null || end === null ? null : parseWindow(String(begin), String(end), now);
    if (parsed?.kind === 'window') {
      setProblem(null);
      onChoose(parsed.window);
    } else setProblem(parsed === null ? t('Both ends need a date and a time.') : parsed.text);
  };
  return (
    <form noValidate onSubmit={submit} className="mb-3 grid gap-2" aria-label={t('Window')}>
      <div className="flex flex-wrap items-end gap-2 [&>div]:w-[236px] max-md:[&>div]:w-full">
        <TextField label={t('From')} type="datetime-local" value={shown.from} onChange={setFrom} />
        <TextField label={t('To')} type="datetime-local" value={shown.to} onChange={setTo} />
        <Button type="submit" kind={isChanged ? 'primary' : 'plain'} className="min-h-[34px]">
          {t('Show this window')}
        </Button>
        <fieldset className="flex flex-wrap items-center gap-1">
          <legend className="sr-only">{t('The last')}</legend>
          <span className="px-1 text-12 text-f2" aria-hidden="true">
            {t('the last')}
          </span>
          {PRESETS.map(({ word, ms }) => (
            <Button
              key={String(word)}
              kind="quiet"
              className="px-2"
              onClick={() => onChoose({ from: now - ms, to: now })}
            >
              <span className="sr-only">{t('the last')} </span>
              {wire(word)}
            </Button>
          ))}
        </fieldset>
        {window !== null && (
          <p className="ml-auto flex min-h-[34px] flex-wrap items-center gap-x-4 gap-y-1 text-12 max-md:ml-0">
            <CopyButton
              text={() => `${location.origin}${based(incidentPath(scope, window.from, window.to))}`}
              label={t('Copy link')}
              words
            />
            <Report scope={scope} window={window} format="md" word="Markdown" />
            <Report scope={scope} window={window} format="html" word="HTML" />
          </p>
        )}
      </div>
      {problem !== null && (
        <p role="alert" className="text-12 text-warning">
          {problem}
        </p>
      )}
    </form>
  );
}

function Report({
  scope,
  window,
  format,
  word,
}: {
  scope: string;
  window: IncidentWindow;
  format: 'md' | 'html';
  word: string;
}) {
  return (
    <a
      href={based(reportPath(scope, window, format, browserZone()))}
      download
      className="flex items-center gap-1.5 rounded-chip text-f1 hover:text-f0 pointer-coarse:min-h-11"
    >
      <Icon name="download" size={13} /> {word}
    </a>
  );
}
