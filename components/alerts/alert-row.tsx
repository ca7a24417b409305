'use client';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { useMayOn } from '@/lib/client/access/me';
import { isQuiet, SEVERITY_WORDS, toldWords } from '@/lib/client/alerts/alert-words';
import { reasonOf, useAlertOrders } from '@/lib/client/alerts/alerts';
import { dcsPath } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { windowAround } from '@/lib/client/past/incident';
import { incidentPath, livePath, momentPath } from '@/lib/client/past/moment';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Alert, AlertsAnswer } from '@/lib/contract/alerts';
import { REASON_MIN } from '@/lib/contract/limits';
import { sourceOfScope } from '@/lib/domain/alerts/dcs-scope';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { CodeText } from '../ui/code-text';
import { TextField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';
import { HEALTH_ROW } from '../ui/tone';
import type { SilenceSubject } from './silence-dialog';

interface AlertRowProps {
  readonly alert: Alert;
  readonly answer: AlertsAnswer;
  readonly onSilence: (subject: SilenceSubject) => void;
}

export function AlertRow({ alert, answer, onSilence }: AlertRowProps) {
  const clock = useNow(10_000);
  const now = clock === 0 ? alert.seenAt : clock;
  const [asking, setAsking] = useState(false);
  const source = sourceOfScope(alert.scope);
  // What is not about one cluster is for who has the right everywhere.
  const about = source === null ? alert.scope : '';
  const mayTake = useMayOn('acknowledge', about);
  const maySilence = useMayOn('silence', about);
  const quiet = isQuiet(alert);
  const isLoud = !quiet && alert.state === 'firing';
  return (
    <li className={`border-l1 border-t px-3.5 py-2 first:border-t-0 ${isLoud ? HEALTH_ROW[alert.severity] : ''}`}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <SeverityIcon health={alert.severity} size={16} className={`mt-0.5 ${quiet ? 'opacity-60' : ''}`} />
        <div className="min-w-0 grow basis-64">
          <p className={`break-words ${isLoud ? 'font-semibold text-f0' : 'text-f1'}`}>
            <span className="sr-only">{t(SEVERITY_WORDS[alert.severity])}: </span>
            {wire(alert.title)}
          </p>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-12 text-f2">
            {alert.scope === '' ? (
              <span className="text-f1">{t('Howdah itself')}</span>
            ) : (
              <Link
                href={source === null ? livePath(alert.scope) : dcsPath(source)}
                prefetch={false}
                className="rounded-chip text-f1 underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center"
              >
                {source !== null && 'DCS '}
                <Name text={source ?? alert.scope} limit={28} />
              </Link>
            )}
            {alert.member !== null && (
              <span>
                {rich('member {name}', { name: <Name text={alert.member} limit={24} className="text-f1" /> })}
              </span>
            )}
            <code className="text-11 text-f3">{alert.rule}</code>
            {alert.state === 'pending' && <Chip icon="calendar">{t('pending')}</Chip>}
            {alert.acknowledged !== null && <Chip icon="check">{t('acknowledged')}</Chip>}
            {alert.silencedBy.length > 0 && <Chip icon="silence">{t('silenced')}</Chip>}
          </p>
        </div>
        <p className="shrink-0 text-right text-12 text-f2 max-md:flex max-md:basis-full max-md:gap-2 max-md:pl-7">
          <span className="font-medium text-f0">
            <Since at={alert.since} />
          </span>
          <span className="block" title={exactTime(alert.since)}>
            {t('since {time}', { time: formatTime(alert.since, now) })}
          </span>
        </p>
      </div>
      <div className="pl-7 max-md:pl-0">
        <ul className="text-12 text-f2">
          {alert.evidence.map((line) => (
            <li key={String(line)} className="break-words">
              {wire(line)}
            </li>
          ))}
        </ul>
        {alert.advice !== '' && (
          <p className="mt-0.5 break-words text-f1">
            <CodeText text={wire(alert.advice)} />
          </p>
        )}
        <p className="mt-0.5 break-words text-12 text-f2">
          {capital(toldWords(alert, answer, now))}.
          {alert.acknowledged !== null && (
            <>
              {' '}
              {t('Acknowledged by {person} at {time}: {reason}', {
                person: alert.acknowledged.by,
                time: formatTime(alert.acknowledged.at, now),
                reason: alert.acknowledged.reason,
              })}
            </>
          )}
        </p>
        {asking ? (
          <Acknowledge alert={alert} onDone={() => setAsking(false)} />
        ) : (
          <div className="mt-1.5 flex flex-wrap items-center gap-2">
            {alert.acknowledged !== null && <Undo alert={alert} />}
            {/* Of a pending one nobody was told: there is nothing to take over yet. */}
            {alert.acknowledged === null && alert.state === 'firing' && (
              <Button icon="check" locked={mayTake} onClick={() => setAsking(true)}>
                {t('Acknowledge…')}
              </Button>
            )}
            <Button
              icon="silence"
              locked={maySilence}
              onClick={() => onSilence({ scope: alert.scope, rule: alert.rule, member: alert.member ?? '' })}
            >
              {t('Silence this…')}
            </Button>
            {about !== '' && <Around alert={alert} now={now} />}
          </div>
        )}
      </div>
    </li>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Around({ alert, now }: { alert: Alert; now: number }) {
  const { from, to } = windowAround(alert.since, now);
  return (
    <Link
      href={incidentPath(alert.scope, from, Math.max(to, from + 60_000))}
      prefetch={false}
      className="flex items-center gap-1.5 rounded-chip px-1 text-12 text-f1 underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11"
    >
      <Icon name="around" size={13} /> {t('What happened around it')}
    </Link>
  );
}

function Acknowledge({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const { acknowledge } = useAlertOrders();
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (reason.trim().length < REASON_MIN) {
      setProblem(t('say why, in at least {n} characters.', { n: REASON_MIN }));
      return;
    }
    setSending(true);
    const failed = await acknowledge(alert.id, { reason: reason.trim(), undo: false }).then(() => null, reasonOf);
    setSending(false);
    setProblem(failed);
    if (failed === null) onDone();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="mt-2 grid gap-2"
      aria-label={t('Acknowledge: {title}', { title: wire(alert.title) })}
    >
      <div className="flex flex-wrap items-end gap-2 [&>div]:grow [&>div]:basis-64">
        <TextField
          label={t('Reason')}
          value={reason}
          onChange={setReason}
          placeholder={t('Who looks after it, what is being done')}
          initialFocus
        />
        <Button type="submit" kind="primary" className="min-h-[34px]" disabled={sending}>
          {t(sending ? 'Acknowledging' : 'Acknowledge')}
        </Button>
        <Button kind="quiet" className="min-h-[34px]" onClick={onDone}>
          {t('Cancel')}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="break-words text-12 text-warning">
          {t('Not acknowledged: {problem}', { problem })}
        </p>
      )}
      <p className="text-12 text-f2">{t('Nobody is told about it again until it gets worse or is resolved.')}</p>
    </form>
  );
}

function Undo({ alert }: { alert: Alert }) {
  const { acknowledge } = useAlertOrders();
  const locked = useMayOn('acknowledge', sourceOfScope(alert.scope) === null ? alert.scope : '');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const undo = async (): Promise<void> => {
    setSending(true);
    setProblem(
      await acknowledge(alert.id, { reason: alert.acknowledged?.reason ?? '', undo: true }).then(() => null, reasonOf),
    );
    setSending(false);
  };
  return (
    <>
      <Button onClick={() => void undo()} disabled={sending} locked={locked}>
        {t(sending ? 'Taking it back' : 'Take the acknowledgement back')}
      </Button>
      {problem !== null && (
        <span role="alert" className="break-words text-12 text-warning">
          {t('Not taken back: {problem}', { problem })}
        </span>
      )}
    </>
  );
}

const WHEN = 'w-[104px] shrink-0 text-12 text-f2';

export function ResolvedRow({ alert, now: clock }: { alert: Alert; now: number }) {
  const at = alert.resolvedAt ?? alert.seenAt;
  const now = clock === 0 ? at : clock;
  const source = sourceOfScope(alert.scope);
  return (
    <li className="flex min-h-[34px] flex-wrap items-center gap-x-3 border-l1 border-t px-3.5 py-1.5 first:border-t-0">
      {alert.scope === '' || source !== null ? (
        <time className={WHEN} title={exactTime(at)}>
          {formatTime(at, now)}
        </time>
      ) : (
        <Link
          href={momentPath(alert.scope, alert.since)}
          prefetch={false}
          title={exactTime(at)}
          aria-label={t('{time}: see {scope} as it was when it began', {
            time: formatTime(at, now),
            scope: alert.scope,
          })}
          className={`${WHEN} rounded-chip underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center`}
        >
          {formatTime(at, now)}
        </Link>
      )}
      <SeverityIcon health="ok" size={14} />
      <span className="min-w-0 grow basis-56 break-words text-f1">
        {wire(alert.title)}
        {alert.firedAt === null && <span className="text-f3"> {t('(never fired)')}</span>}
      </span>
      <span className="text-12 text-f2">
        {rich('{name}, lasted {time}', {
          name:
            alert.scope === '' ? (
              t('Howdah itself')
            ) : (
              <Name text={source === null ? alert.scope : `DCS ${source}`} limit={24} />
            ),
          time: formatDuration(at - alert.since),
        })}
      </span>
    </li>
  );
}
