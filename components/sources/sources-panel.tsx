'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { readLabels } from '@/lib/client/access/words';
import { kindName, useSourceOrders } from '@/lib/client/sources/sources';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ReadAgain, SourceEntry, SourcesAnswer } from '@/lib/contract/sources';
import { ArmedButton } from '../access/armed-button';
import { PanelState, Problem, ROW } from '../access/panel-states';
import { SmallDialog } from '../access/small-dialog';
import { Button } from '../ui/button';
import { CheckField, TextField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { MissingList } from './missing-list';

/** Those that there are, and the file read again. */
export function SourcesPanel({ asked }: { asked: UseQueryResult<SourcesAnswer> }) {
  const { readAgain, remove } = useSourceOrders();
  const { isSending, problem, run } = useSending();
  const [read, setRead] = useState<ReadAgain | null>(null);
  const [changed, setChanged] = useState<SourceEntry | null>(null);
  const sources = asked.data?.sources ?? [];
  const again = async (): Promise<void> => {
    setRead(null);
    setRead((await run(readAgain))?.answer ?? null);
  };
  return (
    <Panel
      title={t('Sources')}
      count={asked.data && `${sources.length}, ${t('settings from {where}', { where: asked.data.file })}`}
      aside={
        <Button icon="restart" disabled={isSending || asked.data?.refused !== null} onClick={() => void again()}>
          {t('Read the file again')}
        </Button>
      }
    >
      <PanelState asked={asked}>
        {problem !== null && (
          <div className="whitespace-pre-line border-l1 border-b px-3.5 py-2.5">
            <Problem text={problem} />
          </div>
        )}
        {read !== null && <WhatBecame read={read} />}
        {sources.length === 0 ? (
          <p className="px-3.5 py-3 text-f2">{t('There is none yet.')}</p>
        ) : (
          <ul>
            {sources.map((source) => (
              <li key={source.id ?? source.name} className={ROW}>
                <SourceLine source={source} />
                {source.id !== null && (
                  <span className="flex shrink-0 flex-wrap gap-2">
                    {source.aside === null && (
                      <Button
                        label={t('Change {name}', { name: source.name })}
                        disabled={isSending}
                        onClick={() => setChanged(source)}
                      >
                        {t('Change…')}
                      </Button>
                    )}
                    <ArmedButton
                      word={t('Remove')}
                      sure={t('Press again: its clusters are watched no more')}
                      label={t('Remove {name}', { name: source.name })}
                      disabled={isSending}
                      onConfirm={() => void run(() => remove(source.id ?? ''))}
                    />
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </PanelState>
      {changed !== null && <ChangeDialog source={changed} onClose={() => setChanged(null)} />}
    </Panel>
  );
}

function WhatBecame({ read }: { read: ReadAgain }) {
  const lines = [
    ...(read.begun.length > 0 ? [t('begun: {names}', { names: read.begun.join(', ') })] : []),
    ...(read.ended.length > 0 ? [t('ended: {names}', { names: read.ended.join(', ') })] : []),
    ...(read.restarted.length > 0 ? [t('begun anew: {names}', { names: read.restarted.join(', ') })] : []),
    ...(read.later.length > 0 ? [t('count from the next start: {names}', { names: read.later.join(', ') })] : []),
    ...read.warnings,
  ];
  return (
    <ul role="status" className="border-l1 border-b px-3.5 py-2.5 text-12 text-f1">
      <li>{t('Read again; no stream ended.')}</li>
      {lines.length === 0 ? <li>{t('Nothing changed.')}</li> : lines.map((line) => <li key={line}>{line}</li>)}
    </ul>
  );
}

function whereFrom({ from, line }: SourceEntry): string {
  if (from === 'added') return t('added here');
  if (from === 'flags') return t('on the command line');
  return line === null ? t('in the file') : t('in the file, line {n}', { n: line });
}

function SourceLine({ source }: { source: SourceEntry }) {
  const { name, alias, kind, hosts, namespace, labels, clusters, problems, missing, aside } = source;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return (
    <div className="min-w-0 grow basis-72">
      <p className="break-words">
        <span className="font-semibold text-f0">{name}</span>
        {alias !== null && <span className="text-f2"> @{alias}</span>}{' '}
        <span className="text-12 text-f2">{whereFrom(source)}</span>
      </p>
      {aside === null ? (
        <>
          <p className="break-words text-12 text-f1">
            {kindName(kind)} <span className="font-mono">{hosts.join(', ')}</span>
            {namespace === null ? '' : ` ${namespace}`}
          </p>
          <p className="break-words text-12 text-f2">
            {[tn(clusters.length, '{n} cluster', '{n} clusters'), ...pairs].join('; ')}
          </p>
        </>
      ) : (
        <p className="flex gap-2 text-12 text-f1">
          <SeverityIcon health="warning" className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">{t('It does not count: {why}', { why: wire(aside) })}</span>
        </p>
      )}
      {problems.map((problem) => (
        <p key={String(problem)} className="flex gap-2 text-12 text-f1">
          <SeverityIcon health="unknown" className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">{wire(problem)}</span>
        </p>
      ))}
      {missing.length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer text-12 text-f2">
            {t('What is missing: {names}', { names: missing.map(({ title }) => wire(title)).join(', ') })}
          </summary>
          <div className="mt-1.5 rounded-control border border-l1">
            <MissingList missing={missing} />
          </div>
        </details>
      )}
    </div>
  );
}

function ChangeDialog({ source, onClose }: { source: SourceEntry; onClose: () => void }) {
  const { change } = useSourceOrders();
  const { isSending, problem, run } = useSending();
  const [name, setName] = useState(source.name);
  const [alias, setAlias] = useState(source.alias ?? '');
  const [labels, setLabels] = useState(
    Object.entries(source.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(', '),
  );
  const [isMeant, setMeant] = useState(false);
  const [isPending, setPending] = useState(false);
  const read = readLabels(labels);
  const send = async (): Promise<void> => {
    if (read === null || source.id === null) return;
    const id = source.id;
    const isSuffix = alias.trim() !== (source.alias ?? '');
    const order = {
      labels: read,
      ...(name.trim() === source.name ? {} : { name: name.trim() }),
      ...(isSuffix ? { alias: alias.trim() === '' ? null : alias.trim() } : {}),
      ...(isMeant ? { moveNames: true } : {}),
    };
    const saved = await run(() => change(id, order));
    if (saved === null) return;
    if (saved.answer.pending) setPending(true);
    else onClose();
  };
  return (
    <SmallDialog
      title={t('Change {name}', { name: source.name })}
      note={t('Another name of the source leaves the names of its clusters as they are.')}
      verb={t('Save')}
      isSending={isSending}
      problem={read === null ? t('Write labels as name=value, with commas between them.') : problem}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <TextField label={t('Name of the source')} value={name} onChange={setName} maxLength={64} initialFocus />
      <TextField label={t('Labels, to group and filter by')} value={labels} onChange={setLabels} />
      <TextField
        label={t('What stands behind the @ in the names of its clusters')}
        value={alias}
        onChange={setAlias}
        maxLength={64}
      />
      <CheckField
        label={t('Clusters get other names, and that is meant')}
        note={t('Rights, history and links go along; it counts from the next start of Howdah.')}
        checked={isMeant}
        onChange={setMeant}
      />
      {isPending && <p role="status">{t('Kept. It counts from the next start of Howdah.')}</p>}
    </SmallDialog>
  );
}
