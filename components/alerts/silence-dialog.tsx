'use client';
import { type FormEvent, useState } from 'react';
import {
  SILENCE_PRESETS,
  type SilencePreset,
  scopeName,
  silenceEnd,
  silenceWords,
} from '@/lib/client/alerts/alert-words';
import { reasonOf, useAlertOrders, useAlerts } from '@/lib/client/alerts/alerts';
import { clockNow, useNow } from '@/lib/client/live/clock';
import { useFleet } from '@/lib/client/live/live';
import { momentInput, readMomentInput } from '@/lib/client/past/moment';
import { formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { REASON_MIN } from '@/lib/contract/limits';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SelectField, TextField } from '../ui/field';
import { rich } from '../ui/rich';
import { Segmented } from '../ui/segmented';

/** What is to be kept quiet. An empty scope: not chosen yet; an empty rule or member: whatever. */
export interface SilenceSubject {
  readonly scope: string;
  readonly rule: string;
  readonly member: string;
}

/** The choice of all clusters: made by a person, never by leaving something out. No scope has such a name. */
const EVERY = '*/*';

/** Whom it keeps quiet, until when, and why. It always ends. */
export function SilenceDialog({ subject, onClose }: { subject: SilenceSubject; onClose: () => void }) {
  const { silence } = useAlertOrders();
  const fleet = useFleet();
  const rules = useAlerts().data?.rules ?? [];
  const now = useNow();
  const [chosen, setChosen] = useState<SilenceSubject>(subject);
  const [preset, setPreset] = useState<SilencePreset>('1h');
  const [isLater, setIsLater] = useState(false);
  const [start, setStart] = useState('');
  const [date, setDate] = useState('');
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const set = (part: Partial<SilenceSubject>): void => setChosen((was) => ({ ...was, ...part }));
  const begin = isLater ? readMomentInput(start) : null;
  const end = silenceEnd(preset, begin ?? now) ?? readMomentInput(date);
  const scope = chosen.scope === EVERY ? null : chosen.scope;
  const scopes = withChosen(fleet?.rows.map((row) => row.scope) ?? [], scope ?? '');
  const names = withChosen(
    rules.map(({ name }) => name),
    chosen.rule,
  );
  const about = silenceWords({
    scope,
    rule: chosen.rule || null,
    member: chosen.member.trim() || null,
    labels: {},
  });
  const what = <span className="break-words text-f1">{about}</span>;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const at = silenceEnd(preset, begin ?? clockNow()) ?? readMomentInput(date);
    const why = reason.trim();
    const wrong = wrongWith({ scope, isLater, begin, at, why });
    setProblem(wrong);
    if (wrong !== null || at === null) return;
    setSending(true);
    const failed = await silence({
      scope,
      rule: chosen.rule || null,
      member: chosen.member.trim() || null,
      labels: {},
      startsAt: begin,
      endsAt: at,
      reason: why,
    }).then(() => null, reasonOf);
    setSending(false);
    setProblem(failed);
    if (failed === null) onClose();
  };
  return (
    <Dialog label={t('Silence')} onClose={onClose} className="md:w-[560px]">
      <form noValidate onSubmit={(event) => void submit(event)} className="flex min-h-0 grow flex-col">
        <header className="border-l1 border-b px-5 py-3">
          <h2 className="font-semibold text-15 text-f0">{t('Silence')}</h2>
          <p className="text-12 text-f2">{t('Nobody is told; the alert stays on this screen.')}</p>
        </header>
        <div className="grid min-h-0 grow content-start gap-3 overflow-y-auto px-5 py-4">
          <div className="grid gap-3 md:grid-cols-2">
            <SelectField
              label={t('Cluster')}
              value={chosen.scope}
              onChange={(value) => set({ scope: value })}
              options={[
                { value: '', word: t('Choose a cluster') },
                { value: EVERY, word: t('All clusters') },
                ...scopes.map((value) => ({ value, word: scopeName(value) })),
              ]}
            />
            <SelectField
              label={t('Rule')}
              value={chosen.rule}
              onChange={(rule) => set({ rule })}
              options={[{ value: '', word: t('All rules') }, ...names.map((value) => ({ value, word: value }))]}
            />
            <TextField
              label={t('Member')}
              value={chosen.member}
              onChange={(member) => set({ member })}
              placeholder={t('All members')}
            />
          </div>
          <div className="grid gap-2">
            <Segmented
              label={t('From')}
              options={[
                { value: 'now', word: t('Now') },
                { value: 'later', word: t('From…') },
              ]}
              value={isLater ? 'later' : 'now'}
              onChange={(value) => setIsLater(value === 'later')}
            />
            {isLater && (
              <TextField
                label={t('From')}
                type="datetime-local"
                value={start}
                min={now === 0 ? undefined : momentInput(now)}
                onChange={setStart}
              />
            )}
          </div>
          <div className="grid gap-2">
            <Segmented
              label={t('Until')}
              options={SILENCE_PRESETS.map(({ value, word }) => ({
                value,
                word: typeof word === 'string' ? t(word) : wire(word),
              }))}
              value={preset}
              onChange={setPreset}
            />
            {preset === 'date' && (
              <TextField
                label={t('Until')}
                type="datetime-local"
                value={date}
                min={now === 0 ? undefined : momentInput(now)}
                onChange={setDate}
              />
            )}
          </div>
          <TextField label={t('Reason')} value={reason} onChange={setReason} initialFocus maxLength={2000} />
          <p className="text-12 text-f2">
            {scope === ''
              ? t('Choose a cluster, or all of them.')
              : end === null || now === 0 || (isLater && begin === null)
                ? rich('{what}: choose until when.', { what })
                : end <= (begin ?? now)
                  ? rich('{what}: that end is in the past.', { what })
                  : begin === null
                    ? rich('{what} is silenced until {end}, for {time}.', {
                        what,
                        end: formatTime(end, now),
                        time: formatDuration(end - now),
                      })
                    : rich('{what} is silenced from {begin} to {end}, for {time}.', {
                        what,
                        begin: formatTime(begin, now),
                        end: formatTime(end, now),
                        time: formatDuration(end - begin),
                      })}
          </p>
          {scope === null && chosen.rule === '' && chosen.member.trim() === '' && (
            <p className="text-12 text-warning">{t('This silences everything on all clusters.')}</p>
          )}
          {problem !== null && (
            <p role="alert" className="break-words text-12 text-warning">
              {t('Not silenced: {problem}', { problem })}
            </p>
          )}
        </div>
        <footer className="flex flex-wrap justify-end gap-2 border-l1 border-t px-5 py-3">
          <Button kind="quiet" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button type="submit" kind="primary" disabled={sending}>
            {t(sending ? 'Silencing' : 'Silence')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface Draft {
  /** Empty: not chosen; null: all clusters. */
  readonly scope: string | null;
  readonly isLater: boolean;
  readonly begin: number | null;
  readonly at: number | null;
  readonly why: string;
}

/** null: it can be sent. */
function wrongWith({ scope, isLater, begin, at, why }: Draft): string | null {
  if (scope === '') return t('choose a cluster, or all of them.');
  if (isLater && begin === null) return t('choose from when.');
  if (at === null) return t('choose until when.');
  if (at <= Math.max(begin ?? 0, clockNow())) return t('that end is in the past.');
  return why.length < REASON_MIN ? t('say why, in at least {n} characters.', { n: REASON_MIN }) : null;
}

/** What was chosen stays choosable, also where it is not known any more. */
function withChosen(values: readonly string[], chosen: string): readonly string[] {
  return [...new Set([...values, ...(chosen === '' ? [] : [chosen])])].sort((a, b) => a.localeCompare(b));
}
