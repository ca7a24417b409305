'use client';
import Link from 'next/link';
import { useId } from 'react';
import { clockNow } from '@/lib/client/live/clock';
import { useFleet } from '@/lib/client/live/live';
import { useAudit } from '@/lib/client/past/audit';
import { actionOf } from '@/lib/client/past/event-actions';
import { EVENT_GROUPS, type EventFilter, isFiltered } from '@/lib/client/past/event-filter';
import { useEvents } from '@/lib/client/past/events';
import { incidentPath, momentInput, readMomentInput } from '@/lib/client/past/moment';
import { formatDuration, sentence } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import { INCIDENT_MAX_MS } from '@/lib/contract/limits';
import { SEVERITIES } from '@/lib/domain/severity';
import { measured } from '@/lib/language/quantity';
import { saidBy } from '@/lib/language/spoken-error';
import { TitleScreen } from '../shell/title-screen';
import { Button } from '../ui/button';
import { SelectField, TextField } from '../ui/field';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { ClusterFrame } from './cluster-frame';
import { EventRow } from './event-row';
import { StoreNote } from './store-note';
import { useEventFilter } from './use-event-filter';

/** The events of one cluster. */
export function EventsScreen({ scope }: { scope: string }) {
  return (
    <ClusterFrame scope={scope} tab="events">
      <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
        {t('Events')} <span className="break-all font-normal text-12 text-f2">{scope}</span>
      </h1>
      <Events key={scope} fixedScope={scope} />
    </ClusterFrame>
  );
}

/** The events of every cluster. */
export function FleetEventsScreen() {
  return (
    <TitleScreen title={t('Events')}>
      <Events fixedScope={null} />
    </TitleScreen>
  );
}

const SPANS = [
  { word: measured(1, 'h'), spanMs: 3_600_000 },
  { word: measured(24, 'h'), spanMs: 86_400_000 },
  { word: measured(7, 'd'), spanMs: 7 * 86_400_000 },
] as const;
const CLEAR = { group: null, severity: null, text: '', member: null, from: null, to: null } as const;

function Events({ fixedScope }: { fixedScope: string | null }) {
  const { read, asked, choose } = useEventFilter(fixedScope);
  const { filter, notices } = read;
  const events = useEvents(asked);
  const audit = useAudit({ scope: asked.scope, kind: '', outcome: '', text: '' });
  const actions = audit.data?.pages.flatMap((page) => page.rows) ?? [];
  const pages = events.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.events);
  const [newest] = pages;
  return (
    <>
      <StoreNote />
      <Filter filter={filter} fixedScope={fixedScope} choose={choose} />
      {notices.map((notice) => (
        <p key={notice} role="status" className="mb-2 flex items-start gap-2 text-12 text-warning">
          <SeverityIcon health="warning" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{notice}</span>
        </p>
      ))}
      {events.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words">
            <span className="text-f0">{t('The events could not be read.')} </span>
            {sentence(wire(saidBy(events.error)))}
          </span>
        </p>
      )}
      {newest?.problem != null && (
        <p role="status" className="mb-3 flex items-start gap-2 text-12 text-f1">
          <SeverityIcon health="note" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{sentence(wire(newest.problem))}</span>
        </p>
      )}
      {newest === undefined && !events.isError && (
        <Panel title={t('What changed')} aside={t('reading')} bodyClassName="h-40">
          {null}
        </Panel>
      )}
      {newest !== undefined && (
        <Panel
          title={t('What changed')}
          count={
            newest.next === null
              ? tn(rows.length, '{n} event', '{n} events')
              : tn(rows.length, '{n} event loaded', '{n} events loaded')
          }
          aside={newest.from === 'memory' ? t('newest first, from memory') : t('newest first')}
        >
          {rows.length === 0 ? (
            <p className="flex flex-wrap items-center gap-3 px-3.5 py-3 text-f2">
              {isFiltered(asked) ? t('No event matches.') : t('Nothing has changed while Howdah watched.')}
              {isFiltered(asked) && <Button onClick={() => choose(CLEAR)}>{t('Clear filter')}</Button>}
            </p>
          ) : (
            <ol>
              {rows.map((event) => (
                <EventRow
                  key={`${event.scope}/${event.id}`}
                  event={event}
                  withScope={fixedScope === null}
                  action={actionOf(event, actions)}
                  onFrom={() => choose({ from: Math.floor(event.at / 1000) * 1000 })}
                  onTo={() => choose({ to: Math.ceil((event.at + 1) / 1000) * 1000 })}
                />
              ))}
            </ol>
          )}
          {events.hasNextPage && (
            <p className="border-l1 border-t px-3.5 py-2.5">
              <Button onClick={() => void events.fetchNextPage()} disabled={events.isFetchingNextPage}>
                {events.isFetchingNextPage ? t('Loading older ones') : t('Load older ones')}
              </Button>
            </p>
          )}
        </Panel>
      )}
    </>
  );
}

interface FilterProps {
  readonly filter: EventFilter;
  readonly fixedScope: string | null;
  readonly choose: (part: Partial<EventFilter>) => void;
}

function Filter({ filter, fixedScope, choose }: FilterProps) {
  const fleet = useFleet();
  const known = fleet?.rows.map((row) => row.scope) ?? [];
  const all = filter.scope !== null && !known.includes(filter.scope) ? [...known, filter.scope] : known;
  const scopes = all
    .map((scope) => ({ value: scope, word: scope }))
    .sort((a, b) => a.word.localeCompare(b.word, 'en', { numeric: true }));
  return (
    <search className="mb-3 grid gap-2">
      <div className="flex flex-wrap items-end gap-2 [&>div]:min-w-36 max-md:[&>div]:grow">
        <TextField
          label={<span className="sr-only">{t('Find in the events')}</span>}
          type="search"
          value={filter.text}
          onChange={(text) => choose({ text })}
          maxLength={200}
          placeholder={t('Member, words')}
        />
        {fixedScope === null && (
          <SelectField
            label={t('Cluster')}
            quiet
            value={filter.scope ?? ''}
            onChange={(scope) => choose({ scope: scope === '' ? null : scope })}
            options={[{ value: '', word: t('All clusters') }, ...scopes]}
          />
        )}
        <SelectField
          label={t('Kind')}
          quiet
          value={filter.group ?? ''}
          onChange={(value) => choose({ group: EVENT_GROUPS.find((one) => one.value === value)?.value ?? null })}
          options={[
            { value: '', word: t('All kinds') },
            ...EVENT_GROUPS.map(({ value, word }) => ({ value, word: t(word) })),
          ]}
        />
        <SelectField
          label={t('Severity')}
          quiet
          value={filter.severity ?? ''}
          onChange={(value) => choose({ severity: SEVERITIES.find((one) => one === value) ?? null })}
          options={[
            { value: '', word: t('All severities') },
            ...SEVERITIES.map((one) => ({ value: one, word: t(HEALTH_WORDS[one]) })),
          ]}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2 text-12">
        {filter.member !== null && (
          <Button icon="close" onClick={() => choose({ member: null })}>
            {t('Only about {member}: show all', { member: filter.member })}
          </Button>
        )}
        <Edge label={t('From')} value={filter.from} onChange={(from) => choose({ from })} />
        <Edge label={t('To')} value={filter.to} onChange={(to) => choose({ to })} />
        <span className="flex gap-1">
          {SPANS.map(({ word, spanMs }) => (
            <Button
              key={String(word)}
              kind="quiet"
              onClick={() => choose({ from: clockNow() - spanMs, to: clockNow() })}
            >
              {wire(word)}
            </Button>
          ))}
          {(filter.from !== null || filter.to !== null) && (
            <Button kind="quiet" onClick={() => choose({ from: null, to: null })}>
              {t('All times')}
            </Button>
          )}
        </span>
        <Report filter={filter} />
      </div>
    </search>
  );
}

function Edge({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number | null;
  onChange: (at: number | null) => void;
}) {
  const id = useId();
  return (
    <span className="flex items-center gap-2">
      <label htmlFor={id} className="w-9 text-f2">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        value={value === null ? '' : momentInput(value)}
        onChange={(event) => onChange(readMomentInput(event.target.value))}
        className="min-h-[30px] min-w-0 rounded-control border border-l2 bg-bg0 px-2 text-12 text-f0 hover:border-l3 pointer-coarse:min-h-11"
      />
    </span>
  );
}

/** The way to the report of the chosen window, or why there is none. */
function Report({ filter }: { filter: EventFilter }) {
  const { scope, from, to } = filter;
  const why =
    scope === null
      ? t('choose a cluster')
      : from === null || to === null
        ? t('choose from and to')
        : to <= from
          ? t('the window is empty')
          : to - from > INCIDENT_MAX_MS
            ? t('at most {span}', { span: formatDuration(INCIDENT_MAX_MS) })
            : null;
  if (scope === null || from === null || to === null || why !== null) {
    return (
      <span className="ml-auto">
        <Button disabled icon="report">
          {why === null ? t('Incident report') : t('Incident report: {why}', { why })}
        </Button>
      </span>
    );
  }
  return (
    <Link
      href={incidentPath(scope, from, to)}
      prefetch={false}
      className="ml-auto inline-flex min-h-[30px] items-center gap-2 rounded-control border border-l2 bg-bg2 px-3 font-medium text-13 text-f0 hover:border-l3 pointer-coarse:min-h-11"
    >
      <Icon name="report" /> {t('Incident report')}
    </Link>
  );
}
