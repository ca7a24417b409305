'use client';
import { based } from '@/lib/client/live/base';
import { useNow } from '@/lib/client/live/clock';
import {
  availabilityCsv,
  availabilityPath,
  groupsOf,
  linesOf,
  PERIODS,
  type Span,
  spanOf,
  useAvailability,
} from '@/lib/client/past/availability';
import { sentence } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import { saidBy } from '@/lib/language/spoken-error';
import { StoreNote } from '../cluster/store-note';
import { FleetHead, FleetTabs } from '../fleet/fleet-head';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';
import { periodWords } from './availability-words';
import { ClustersPanel } from './clusters-panel';
import { OutagesPanel } from './outages-panel';
import { SummaryPanel } from './summary-panel';
import { useAvailabilityChoice } from './use-availability-choice';

const PERIOD_WORDS = {
  week: form('week'),
  month: form('month'),
  quarter: form('quarter'),
  year: form('year'),
} as const;

/** For how long clusters took no writes, by the calendar. */
export function AvailabilityScreen() {
  const { choice, choose } = useAvailabilityChoice();
  const now = useNow(60_000);
  const span = now === 0 ? null : spanOf(choice.period, choice.at ?? now);
  const all = useAvailability(span, null);
  // Of one cluster each outage says its cause in the words in which it was found.
  const one = useAvailability(choice.scope === null ? null : span, choice.scope);
  const answer = all.data;
  const lines =
    answer === undefined || span === null
      ? []
      : linesOf(answer, { group: choice.group, span, none: t('without {label}', { label: choice.group ?? '' }) });
  return (
    <Screen left={<FleetHead here="availability" />}>
      <FleetTabs here="availability" />
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
          {t('Availability')}
          <span className="font-normal text-12 text-f2">
            {answer !== undefined && tn(answer.clusters.length, '{n} cluster', '{n} clusters')}
            {span !== null && <span className="hidden print:inline"> {periodWords(choice.period, span, now)}</span>}
          </span>
        </h1>
        {span !== null && (
          <div className="flex flex-wrap items-center gap-2 md:ml-auto print:hidden">
            <Step label={t('Earlier')} icon="earlier" onClick={() => choose({ at: at(choice, span, -1) })} />
            <span className="min-w-[9.5em] text-center font-medium text-13 text-f0" aria-live="polite">
              {periodWords(choice.period, span, now)}
            </span>
            <Step
              label={t('Later')}
              icon="later"
              disabled={span.to > now}
              onClick={() => choose({ at: at(choice, span, 1) })}
            />
            <Segmented
              label={t('Period')}
              options={PERIODS.map((period) => ({ value: period, word: t(PERIOD_WORDS[period]) }))}
              value={choice.period}
              onChange={(period) => choose({ period })}
            />
            <CopyButton words icon="copy" label={t('Copy as CSV')} text={() => availabilityCsv(lines, span)} />
            <a
              href={based(availabilityPath(span, choice.scope, 'csv'))}
              className="inline-flex min-h-[30px] items-center gap-2 rounded-control border border-l2 bg-bg2 px-3 font-medium text-12 text-f0 hover:border-l3 pointer-coarse:min-h-11"
            >
              <Icon name="download" size={13} /> {t('Outages as CSV')}
            </a>
            <Button icon="report" onClick={() => print()}>
              {t('Print')}
            </Button>
          </div>
        )}
      </div>
      <StoreNote />
      {all.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex flex-wrap items-center gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" />
          <span className="min-w-0 grow basis-60 break-words">
            <span className="text-f0">{t('Availability could not be read.')} </span>
            {sentence(wire(saidBy(all.error)))}
          </span>
          <Button onClick={() => void all.refetch()}>{t('Read again')}</Button>
        </p>
      )}
      {answer?.problem != null && (
        <p role="status" className="mb-3 flex items-start gap-2 text-12 text-f1">
          <SeverityIcon health="note" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{sentence(wire(answer.problem))}</span>
        </p>
      )}
      {answer === undefined || span === null ? (
        !all.isError && <Reading />
      ) : (
        <div className="grid gap-3">
          <SummaryPanel answer={answer} lines={lines} />
          <ClustersPanel {...{ lines, choice, span, now, choose }} groups={groupsOf(answer)} />
          <OutagesPanel
            clusters={
              choice.scope === null
                ? answer.clusters
                : (one.data?.clusters ?? answer.clusters.filter(({ scope }) => scope === choice.scope))
            }
            scope={choice.scope}
            now={now}
          />
        </div>
      )}
    </Screen>
  );
}

/** The period before or after; null, which is now, where it is the one of now. */
function at({ period }: { period: Parameters<typeof spanOf>[0] }, span: Span, by: number): number {
  return spanOf(period, span.from, by).from;
}

function Step({
  label,
  icon,
  onClick,
  disabled = false,
}: {
  label: string;
  icon: 'earlier' | 'later';
  onClick: () => void;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className="flex size-[30px] items-center justify-center rounded-control border border-l2 bg-bg1 text-f0 enabled:hover:border-l3 disabled:cursor-default disabled:text-f3 pointer-coarse:size-11"
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

function Reading() {
  return (
    <div className="grid gap-3">
      <Panel title={t('In short')} aside={t('reading')} bodyClassName="h-16">
        {null}
      </Panel>
      <Panel title={t('Clusters')} aside={t('reading')} bodyClassName="h-64">
        {null}
      </Panel>
      <Panel title={t('Outages')} aside={t('reading')} bodyClassName="h-40">
        {null}
      </Panel>
    </div>
  );
}
