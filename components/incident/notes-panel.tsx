'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useMayOn } from '@/lib/client/access/me';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { useNotes } from '@/lib/client/past/incident';
import { momentInput, readMomentInput } from '@/lib/client/past/moment';
import { t, tn, wire } from '@/lib/client/words/text';
import type { IncidentAnswer } from '@/lib/contract/history';
import type { Report, ReportNote } from '@/lib/telling/incident/report';
import { Button } from '../ui/button';
import { TextAreaField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';

const TEXT_MAX = 4000;

interface NotesPanelProps {
  readonly answer: IncidentAnswer;
  readonly made: Report;
  /** The moment a story line was chosen for; null: none. */
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
}

/** What people say about it. A note is never changed; a withdrawn one stays, struck out. */
export function NotesPanel({ answer, made, at, onAt }: NotesPanelProps) {
  const { notes } = made;
  const locked = useMayOn('note', answer.scope);
  return (
    <Panel
      title={t('Notes')}
      count={notes.length === 0 ? undefined : tn(notes.length, '{n} note', '{n} notes')}
      aside={t('part of the report')}
    >
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <Item key={note.id} scope={answer.scope} note={note} />
          ))}
        </ul>
      )}
      {locked === null ? (
        <Draft answer={answer} at={at} onAt={onAt} />
      ) : (
        <p className="flex items-start gap-2 border-l1 border-t px-3.5 py-3 text-f2 first:border-t-0">
          <Icon name="lock" className="mt-0.5" />
          <span className="min-w-0 break-words">{locked}</span>
        </p>
      )}
    </Panel>
  );
}

function Item({ scope, note }: { scope: string; note: ReportNote }) {
  const { withdraw } = useNotes(scope);
  const locked = useMayOn('note', scope);
  const [asking, setAsking] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setSending(true);
    setProblem(await withdraw(note.id).then(() => null, reasonOf));
    setSending(false);
    setAsking(false);
  };
  return (
    <li className="border-l1 border-t px-3.5 py-2 first:border-t-0">
      <p className="flex flex-wrap items-baseline gap-x-2 text-12 text-f2">
        <span>{note.stamp}</span>
        <span className="break-all text-f1">{note.who}</span>
        {note.withdrawn !== null && <span>{wire(note.withdrawn)}</span>}
        {note.withdrawn === null && !asking && locked === null && (
          <Button kind="quiet" className="ml-auto min-h-0 px-1 py-0 text-12" onClick={() => setAsking(true)}>
            {t('Withdraw')}
          </Button>
        )}
      </p>
      <p className={`whitespace-pre-wrap break-words ${note.withdrawn === null ? 'text-f0' : 'text-f3 line-through'}`}>
        {note.text}
      </p>
      {asking && (
        <p className="mt-1 flex flex-wrap items-center gap-2 text-12">
          <span className="text-f2">{t('It stays, struck out, and cannot be brought back.')}</span>
          <Button onClick={() => void send()} disabled={sending}>
            {t(sending ? 'Withdrawing' : 'Withdraw it')}
          </Button>
          <Button kind="quiet" onClick={() => setAsking(false)}>
            {t('Keep it')}
          </Button>
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="mt-1 break-words text-12 text-warning">
          {t('Not withdrawn: {problem}', { problem })}
        </p>
      )}
    </li>
  );
}

function Draft({ answer, at, onAt }: Omit<NotesPanelProps, 'made'>) {
  const { add } = useNotes(answer.scope);
  const [text, setText] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (at === null) return;
    setTyped(momentInput(at));
    area.current?.focus();
    area.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const moment = typed ?? momentInput(answer.to);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // To the second is as fine as the field can say; a chosen line is kept exactly.
    const read = readMomentInput(moment);
    const exact = at !== null && momentInput(at) === moment ? at : read;
    if (exact === null) return setProblem(t('The moment needs a date and a time.'));
    if (text.trim() === '') return setProblem(t('There is nothing to keep yet: write the note first.'));
    if (exact < answer.from || exact > answer.to + 1000)
      return setProblem(t('That moment is outside of this window; the note would not be seen here.'));
    setSending(true);
    const failed = await add({ at: Math.min(exact, answer.to), text: text.trim() }).then(() => null, reasonOf);
    setSending(false);
    setProblem(failed);
    if (failed !== null) return;
    setText('');
    setTyped(null);
    onAt(null);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      aria-label={t('New note')}
      className="grid gap-2 border-l1 border-t px-3.5 py-3 first:border-t-0"
    >
      <TextAreaField ref={area} label={t('Note')} value={text} onChange={setText} maxLength={TEXT_MAX} />
      <div className="flex flex-wrap items-end gap-2 [&>div]:w-[236px] max-md:[&>div]:w-full">
        <TextField label={t('About the moment')} type="datetime-local" value={moment} onChange={setTyped} />
        <Button type="submit" className="min-h-[34px]" disabled={sending}>
          {t(sending ? 'Keeping it' : 'Add note')}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="break-words text-12 text-warning">
          {t('Not kept: {problem}', { problem })}
        </p>
      )}
    </form>
  );
}
