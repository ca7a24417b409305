'use client';
import { useState } from 'react';
import { type DcsOrderRequest, sendDcsOrder } from '@/lib/client/dcs/care';
import { based } from '@/lib/client/live/base';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { PATHS } from '@/lib/contract/paths';
import { SmallDialog } from '../access/small-dialog';
import { Button } from '../ui/button';
import { CodeText } from '../ui/code-text';
import { Command } from '../ui/command';
import { TextField } from '../ui/field';
import { Icon, type IconName } from '../ui/icon';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';

type Actions = NonNullable<CareAnswer['actions']>;
type Choice = Actions['choices'][number];

const ICONS: Readonly<Record<Choice['request']['kind'], IconName>> = {
  add_learner: 'plug',
  promote: 'arrow',
  remove: 'close',
  move_leader: 'switch',
  disarm: 'bell',
  defragment: 'rolling',
  snapshot: 'download',
};

const OUTCOME_WORDS: Readonly<Record<NonNullable<Actions['records'][number]['outcome']>, string>> = {
  done: form('done'),
  refused: form('refused'),
  stopped: form('stopped'),
  unknown: form('unknown'),
};

const EXAMPLE = 'https://10.0.0.14:2380';

/** What can be done to it: each judged on the last look, and anew when it is asked for. */
export function ActionsPanel({ source, actions }: { source: string; actions: Actions }) {
  const [asked, setAsked] = useState<Choice | null>(null);
  const [isAdding, setAdding] = useState(false);
  const off = actions.refused;
  return (
    <Panel title={t('What can be done')} count={t('one at a time')} aside={t('each is judged anew on a fresh look')}>
      {off !== null && (
        <p className="flex gap-2 border-l1 border-b px-3.5 py-2.5 text-f1">
          <Icon name="lock" size={14} className="mt-0.5 shrink-0 text-f2" />
          <span className="min-w-0 break-words">
            <CodeText text={t('Nothing of this is done from here: {why}.', { why: wire(off).replace(/\.$/, '') })} />
          </span>
        </p>
      )}
      <ul>
        <li className="flex items-start gap-3 px-3.5 py-2.5">
          <Icon name={off === null ? 'plug' : 'lock'} size={15} className="mt-0.5 shrink-0 text-f2" />
          <div className="min-w-0 grow">
            <h3 className={`font-semibold text-13 ${off === null ? 'text-f0' : 'text-f2'}`}>
              {t('Add a member as a learner')}
            </h3>
            <p className="text-12 text-f1">
              {t('It gets no vote until it is promoted; the command that starts it is printed.')}
            </p>
          </div>
          {off === null && <Button onClick={() => setAdding(true)}>{t('Add…')}</Button>}
        </li>
        {actions.choices.map((choice) => (
          <ChoiceRow
            key={JSON.stringify(choice.request)}
            choice={choice}
            off={off !== null}
            source={source}
            onAsk={() => setAsked(choice)}
          />
        ))}
      </ul>
      <Records records={actions.records} />
      {asked !== null && <AskDialog source={source} choice={asked} onClose={() => setAsked(null)} />}
      {isAdding && <AddDialog source={source} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function ChoiceRow({
  choice,
  off,
  source,
  onAsk,
}: {
  choice: Choice;
  off: boolean;
  source: string;
  onAsk: () => void;
}) {
  const { request, refused, words, commands } = choice;
  const open = !off && refused === null;
  return (
    <li data-choice={request.kind} className="flex items-start gap-3 border-l1 border-t px-3.5 py-2.5">
      <Icon name={open ? ICONS[request.kind] : 'lock'} size={15} className="mt-0.5 shrink-0 text-f2" />
      <div className="min-w-0 grow">
        <h3 className={`break-words font-semibold text-13 ${open ? 'text-f0' : 'text-f2'}`}>{wire(choice.title)}</h3>
        {refused !== null && (
          <p className="break-words text-12 text-f1">
            {t('Refused: {why}.', { why: wire(refused).replace(/\.$/, '') })}
          </p>
        )}
        <p className="break-words text-12 text-f2">{wire(words)}</p>
        {commands.length > 0 && refused === null && (
          <details className="mt-1 text-12 text-f2">
            <summary className="w-fit cursor-pointer">{t('The same by hand')}</summary>
            <div className="mt-1 grid gap-1">
              {commands.map((command) => (
                <Command key={command} text={command} />
              ))}
            </div>
          </details>
        )}
      </div>
      {open &&
        (request.kind === 'snapshot' ? (
          <a
            href={based(PATHS.dcsSnapshot(source))}
            download
            className="inline-flex min-h-[30px] shrink-0 items-center gap-2 rounded-control border border-l2 bg-bg2 px-3 py-1 font-medium text-13 text-f0 hover:border-l3 pointer-coarse:min-h-11"
          >
            {t('Download')}
          </a>
        ) : (
          <Button className="shrink-0" onClick={onAsk}>
            {t('Do it…')}
          </Button>
        ))}
    </li>
  );
}

function AskDialog({ source, choice, onClose }: { source: string; choice: Choice; onClose: () => void }) {
  return (
    <OrderDialog
      source={source}
      title={wire(choice.title)}
      note={wire(choice.words)}
      request={() => choice.request}
      onClose={onClose}
    />
  );
}

function AddDialog({ source, onClose }: { source: string; onClose: () => void }) {
  const [name, setName] = useState('');
  const [peerUrl, setPeerUrl] = useState('');
  return (
    <OrderDialog
      source={source}
      title={t('Add a member as a learner')}
      note={t('Start it with the command that is printed then, never before.')}
      request={() => ({ kind: 'add_learner', name: name.trim(), peerUrl: peerUrl.trim() })}
      onClose={onClose}
    >
      <TextField label={t('Name')} value={name} onChange={setName} maxLength={63} mono initialFocus />
      <TextField
        label={t('Where the other members find it')}
        value={peerUrl}
        onChange={setPeerUrl}
        maxLength={200}
        mono
        placeholder={EXAMPLE}
      />
    </OrderDialog>
  );
}

function OrderDialog({
  source,
  title,
  note,
  request,
  onClose,
  children,
}: {
  source: string;
  title: string;
  note: string;
  request: () => DcsOrderRequest;
  onClose: () => void;
  children?: React.ReactNode;
}) {
  const [reason, setReason] = useState('');
  const { isSending, problem, run } = useSending();
  const submit = async (): Promise<void> => {
    const made = await run(() => sendDcsOrder(source, request(), reason));
    if (made !== null) onClose();
  };
  return (
    <SmallDialog
      title={title}
      note={note}
      verb={title}
      isSending={isSending}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {children}
      <TextField
        label={t('Reason')}
        value={reason}
        onChange={setReason}
        note={t('It is kept with who did it and when.')}
      />
    </SmallDialog>
  );
}

function Records({ records }: { records: Actions['records'] }) {
  const now = useNow(10_000);
  if (records.length === 0) return null;
  return (
    <ul className="border-l1 border-t text-12">
      {records.slice(0, 5).map((record) => (
        <li key={record.id} data-record={record.outcome ?? 'running'} className="px-3.5 py-2">
          <p className="flex flex-wrap gap-x-3 text-f1">
            <time className="font-mono text-f2" title={exactTime(record.at)}>
              {formatTime(record.at, now)}
            </time>
            <b className="font-semibold text-f0">{wire(record.title)}</b>
            <span
              className={
                record.outcome === 'unknown' ? 'text-unknown' : record.outcome === 'done' ? 'text-f1' : 'text-warning'
              }
            >
              {record.outcome === null ? t('runs') : t(OUTCOME_WORDS[record.outcome])}
            </span>
            <span className="text-f2">{record.actor}</span>
          </p>
          {record.text !== null && <p className="break-words text-f2">{wire(record.text)}</p>}
          {record.outcome !== 'refused' && record.commands.map((command) => <Command key={command} text={command} />)}
        </li>
      ))}
    </ul>
  );
}
