'use client';
import { useState } from 'react';
import { based } from '@/lib/client/live/base';
import { useFleet } from '@/lib/client/live/live';
import { type AuditFilter, auditPath, passesFilter, useAudit } from '@/lib/client/past/audit';
import { formatCount } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { AuditAnswer } from '@/lib/contract/actions';
import { ACTION_KINDS } from '@/lib/domain/action-kind';
import { type ActionRecord, OUTCOMES } from '@/lib/domain/actions/action';
import { saidBy } from '@/lib/language/spoken-error';
import { ACTION_WORDS, actionLine, OUTCOME_WORDS } from '../actions/action-words';
import { ClusterFrame } from '../cluster/cluster-frame';
import { TitleScreen } from '../shell/title-screen';
import { Button } from '../ui/button';
import { SelectField, TextField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { AuditTable } from './audit-table';
import { RecordBanner } from './record-banner';

export function ClusterAuditScreen({ scope }: { scope: string }) {
  return (
    <ClusterFrame scope={scope} tab="audit">
      <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
        {t('Audit')} <span className="break-all font-normal text-12 text-f2">{scope}</span>
      </h1>
      <Audit fixedScope={scope} />
    </ClusterFrame>
  );
}

export function AuditScreen() {
  return (
    <TitleScreen title={t('Audit')}>
      <Audit fixedScope={null} />
    </TitleScreen>
  );
}

const kinds = () => [
  { value: '', word: t('All actions') },
  ...ACTION_KINDS.map((kind) => ({ value: kind as string, word: t(ACTION_WORDS[kind].noun) })),
];
const ends = () => [
  { value: '', word: t('All outcomes') },
  ...(['open', ...OUTCOMES] as const).map((outcome) => ({
    value: outcome as string,
    word: t(OUTCOME_WORDS[outcome]),
  })),
];

/** What is read of an action, so that it can be found by it. */
const wordsOf = (row: ActionRecord): string => `${actionLine(row)} ${wire(row.outcomeText ?? '')}`;

function Audit({ fixedScope }: { fixedScope: string | null }) {
  const [filter, setFilter] = useState<AuditFilter>({ scope: fixedScope, kind: '', outcome: '', text: '' });
  const fleet = useFleet();
  const audit = useAudit(filter);
  const set = (part: Partial<AuditFilter>) => setFilter((was) => ({ ...was, ...part }));
  const pages = audit.data?.pages ?? [];
  const loaded = pages.flatMap((page) => page.rows);
  const rows = loaded.filter((row) => passesFilter(row, filter, wordsOf(row)));
  const scopes = [
    { value: '', word: t('All clusters') },
    ...(fleet?.rows.map((row) => ({ value: row.scope, word: row.scope })) ?? []).sort((a, b) =>
      a.word.localeCompare(b.word),
    ),
  ];
  const filtered = filter.kind !== '' || filter.outcome !== '' || filter.text.trim() !== '';
  const [newest] = pages;
  return (
    <>
      <search className="mb-3 flex flex-wrap items-end gap-2 [&>div]:min-w-36 max-md:[&>div]:grow">
        <TextField
          label={<span className="sr-only">{t('Find in the audit')}</span>}
          type="search"
          value={filter.text}
          onChange={(text) => set({ text })}
          placeholder={t('Who, why, member, id')}
        />
        {fixedScope === null && (
          <SelectField
            label={t('Cluster')}
            quiet
            value={filter.scope ?? ''}
            onChange={(scope) => set({ scope: scope === '' ? null : scope })}
            options={scopes}
          />
        )}
        <SelectField
          label={t('Action')}
          quiet
          value={filter.kind}
          onChange={(kind) => set({ kind })}
          options={kinds()}
        />
        <SelectField
          label={t('Outcome')}
          quiet
          value={filter.outcome}
          onChange={(outcome) => set({ outcome })}
          options={ends()}
        />
        <p className="ml-auto flex min-h-[34px] items-center gap-4 text-12">
          <a
            href={based(auditPath(filter.scope, null, 'csv'))}
            download
            className="flex items-center gap-1.5 rounded-chip text-f1 hover:text-f0 pointer-coarse:min-h-11"
          >
            <Icon name="download" size={13} /> CSV
          </a>
          <a
            href={based(auditPath(filter.scope, null, 'json'))}
            download
            className="flex items-center gap-1.5 rounded-chip text-f1 hover:text-f0 pointer-coarse:min-h-11"
          >
            <Icon name="download" size={13} /> JSON
          </a>
        </p>
      </search>
      {audit.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words">
            <span className="text-f0">{t('The audit could not be read.')} </span>
            {wire(saidBy(audit.error))}
          </span>
        </p>
      )}
      {newest !== undefined && <RecordBanner breaches={newest.journal.breaches} onDone={() => void audit.refetch()} />}
      {newest !== undefined && <JournalLine answer={newest} />}
      {newest === undefined && !audit.isError && (
        <Panel title={t('What was done')} aside={t('reading')} bodyClassName="h-40">
          {null}
        </Panel>
      )}
      {newest !== undefined && (
        <Panel
          title={t('What was done')}
          count={
            filtered
              ? tn(loaded.length, '{some} of {n} action loaded', '{some} of {n} actions loaded', {
                  some: rows.length,
                  n: formatCount(loaded.length),
                })
              : tn(loaded.length, '{n} action', '{n} actions', { n: formatCount(loaded.length) })
          }
          aside={t('newest first')}
        >
          {rows.length > 0 ? (
            <AuditTable rows={rows} withScope={fixedScope === null} />
          ) : loaded.length === 0 ? (
            <p className="px-3.5 py-3 text-f2">{t('Nothing has been done from this Howdah yet.')}</p>
          ) : (
            <p className="flex flex-wrap items-center gap-3 px-3.5 py-3 text-f2">
              {tn(loaded.length, 'None of the {n} loaded action matches.', 'None of the {n} loaded actions matches.', {
                n: formatCount(loaded.length),
              })}
              <Button onClick={() => set({ kind: '', outcome: '', text: '' })}>{t('Clear filter')}</Button>
            </p>
          )}
          {audit.hasNextPage && (
            <p className="border-l1 border-t px-3.5 py-2.5">
              <Button onClick={() => void audit.fetchNextPage()} disabled={audit.isFetchingNextPage}>
                {t(audit.isFetchingNextPage ? 'Loading older ones' : 'Load older ones')}
              </Button>
            </p>
          )}
        </Panel>
      )}
    </>
  );
}

/** What holds the record together: the chained journal, and whether the store has it too. */
function JournalLine({ answer }: { answer: AuditAnswer }) {
  const { journal, from } = answer;
  const entries = tn(journal.entries, '{n} entry', '{n} entries', { n: formatCount(journal.entries) });
  return (
    <div className="mb-3 grid gap-1 text-12 text-f2">
      <p className="break-words">
        {journal.head === null
          ? t('Journal: {entries}, each chained to the one before it.', { entries })
          : rich('Journal: {entries}, head {head}, each chained to the one before it.', {
              entries,
              head: (
                <code className="text-f1" title={journal.head}>
                  {journal.head.slice(0, 12)}
                </code>
              ),
            })}
      </p>
      {from === 'journal' && (
        <p className="flex items-start gap-2 text-warning">
          <SeverityIcon health="warning" size={14} className="mt-0.5" />
          {t('From the journal only: the store is away. Actions go on; older ones are shown when it is back.')}
        </p>
      )}
      {journal.problem !== null && (
        <p className="flex items-start gap-2 text-critical">
          <SeverityIcon health="critical" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{wire(journal.problem)}</span>
        </p>
      )}
    </div>
  );
}
