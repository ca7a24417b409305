'use client';
import { useState } from 'react';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { ClusterEvent } from '@/lib/domain/events';
import { type Comparison, type Difference, SECTIONS, type Section, toldBetween } from '@/lib/telling/compare/compare';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';

const SECTION_WORDS: Readonly<Record<Section, string>> = {
  roles: form('Roles and members'),
  replication: form('Replication'),
  versions: form('Versions and settings'),
  doors: form('DCS and entry points'),
};
const COLUMNS =
  'md:grid-cols-[minmax(0,180px)_minmax(0,1fr)_16px_minmax(0,1fr)] lg:grid-cols-[minmax(0,190px)_minmax(0,1fr)_16px_minmax(0,1fr)_minmax(0,1.3fr)]';

interface DifferencesPanelProps {
  readonly made: Comparison;
  readonly events: readonly ClusterEvent[];
  readonly two: boolean;
  /** Of two clusters, theirs. */
  readonly names: readonly [string, string] | null;
}

/** Fact, before, after, and what happened between. */
export function DifferencesPanel({ made, events, two, names }: DifferencesPanelProps) {
  const [all, setAll] = useState(false);
  const { differs, equal, notCompared } = made;
  return (
    <Panel
      title={t('What differs')}
      count={t('{n} of {all} facts', { n: differs.length, all: differs.length + equal.length + notCompared.length })}
      aside={
        <Segmented
          label={t('Shown')}
          options={[
            { value: 'differs', word: t('Differs') },
            { value: 'all', word: t('Everything') },
          ]}
          value={all ? 'all' : 'differs'}
          onChange={(value) => setAll(value === 'all')}
        />
      }
    >
      <div
        aria-hidden="true"
        className={`grid gap-x-3 border-l1 border-b px-3.5 py-1.5 text-11 text-f2 max-md:hidden ${COLUMNS}`}
      >
        <span />
        <span className="break-all">{names?.[0] ?? t('Before')}</span>
        <span />
        <span className="break-all">{names?.[1] ?? t('After')}</span>
        <span className="max-lg:hidden">{two ? '' : t('Between them')}</span>
      </div>
      {differs.length === 0 && (
        <p className="px-3.5 py-3 text-f2">
          {notCompared.length === 0 ? t('Nothing differs.') : t('Nothing differs of what could be compared.')}
        </p>
      )}
      {SECTIONS.map((section) => {
        const own = differs.filter((one) => one.section === section);
        const same = all ? equal.filter((one) => one.section === section) : [];
        if (own.length + same.length === 0) return null;
        return (
          <section key={section} aria-label={t(SECTION_WORDS[section])}>
            <h3 className="border-l1 border-t bg-bg2 px-3.5 py-1 font-semibold text-12 text-f1">
              {t(SECTION_WORDS[section])} <span className="font-normal text-f2">{own.length}</span>
            </h3>
            <ul>
              {own.map((one) => (
                <Line key={one.key} one={one} told={two ? null : toldBetween(one, events)} />
              ))}
              {same.map(({ key, subject, value }) => (
                <li key={key} className={`grid gap-x-3 border-l1 border-t px-3.5 py-1 text-12 text-f3 ${COLUMNS}`}>
                  <span className="min-w-0 break-words">{wire(subject)}</span>
                  <span className="min-w-0 break-words">{value === null ? t('unknown') : wire(value)}</span>
                  <span />
                  <span>{t('the same')}</span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <footer className="flex flex-wrap justify-between gap-x-6 gap-y-1 border-l1 border-t px-3.5 py-2.5 text-12 text-f2">
        <span>{tn(equal.length, 'Equal: {n} fact', 'Equal: {n} facts')}</span>
        {notCompared.length > 0 && (
          <span className="min-w-0 break-words text-unknown">
            {t('Not compared, not known at one of the two: {names}', {
              names: notCompared.map(({ subject }) => wire(subject)).join('; '),
            })}
          </span>
        )}
      </footer>
    </Panel>
  );
}

function Line({ one, told }: { one: Difference; told: ClusterEvent | null }) {
  const now = useNow(60_000);
  return (
    <li className={`grid items-baseline gap-x-3 border-l1 border-t px-3.5 py-1.5 ${COLUMNS}`}>
      <span className="min-w-0 break-words text-f1 max-md:text-12 max-md:text-f2">{wire(one.subject)}</span>
      <span className="min-w-0 break-words text-f2">
        <span className="sr-only">{t('Before')}: </span>
        {wire(one.before)}
      </span>
      <Icon name="arrow" size={12} className="self-center text-f3 max-md:hidden" />
      <span className="min-w-0 break-words font-semibold text-f0">
        <span className="sr-only">{t('After')}: </span>
        {wire(one.after)}
      </span>
      {told !== null && (
        <span className="min-w-0 break-words text-12 text-f2 md:max-lg:col-span-4" title={exactTime(told.at)}>
          {formatTime(told.at, now)} {wire(told.text)}
        </span>
      )}
    </li>
  );
}
