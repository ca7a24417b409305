'use client';
import Link from 'next/link';
import { useState } from 'react';
import { SEVERITY_WORDS } from '@/lib/client/alerts/alert-words';
import { clockNow } from '@/lib/client/live/clock';
import { type IncidentWindow, windowAround } from '@/lib/client/past/incident';
import { formatCount } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { IncidentAnswer } from '@/lib/contract/history';
import type { Report, ReportLine } from '@/lib/telling/incident/report';
import { ACTION_WORDS } from '../actions/action-words';
import { actionPath } from '../actions/send-notice';
import { MomentLink } from '../cluster/moment-link';
import { Button } from '../ui/button';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { HEALTH_ROW } from '../ui/tone';

const SHOWN = 300;
/** Steps and evidence beyond this are folded. */
const FACTS_MAX = 4;

interface StoryPanelProps {
  readonly answer: IncidentAnswer;
  readonly made: Report;
  readonly onChoose: (window: IncidentWindow) => void;
  readonly onNote: (at: number) => void;
}

/** Everything in its order, each thing once. */
export function StoryPanel({ answer, made, onChoose, onNote }: StoryPanelProps) {
  const [all, setAll] = useState(false);
  const lines = all ? made.story : made.story.slice(0, SHOWN);
  return (
    <Panel
      title={t('What happened')}
      count={tn(made.story.length, '{n} entry', '{n} entries', { n: formatCount(made.story.length) })}
      aside={t('oldest first')}
    >
      {made.story.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('Nothing changed in this window.')}</p>
      ) : (
        <ol>
          {lines.map((line) => (
            <Line
              key={line.entry.id}
              line={line}
              clock={made.clock}
              answer={answer}
              onChoose={onChoose}
              onNote={onNote}
            />
          ))}
        </ol>
      )}
      {made.story.length > lines.length && (
        <p className="border-l1 border-t px-3.5 py-2.5">
          <Button onClick={() => setAll(true)}>
            {tn(made.story.length, 'Show all {n} entry', 'Show all {n} entries', { n: formatCount(made.story.length) })}
          </Button>
        </p>
      )}
    </Panel>
  );
}

interface LineProps {
  readonly line: ReportLine;
  readonly clock: Report['clock'];
  readonly answer: IncidentAnswer;
  readonly onChoose: (window: IncidentWindow) => void;
  readonly onNote: (at: number) => void;
}

function Line({ line, clock, answer, onChoose, onNote }: LineProps) {
  const { entry, time, stamp, notBefore } = line;
  const { scope } = answer;
  return (
    <li
      className={`group flex flex-wrap items-start gap-x-3 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 first:border-t-0 ${HEALTH_ROW[entry.severity ?? 'ok']}`}
    >
      <MomentLink
        scope={scope}
        at={entry.at}
        label={t('{time}: see this moment', { time })}
        className="w-[76px] shrink-0 rounded-chip pt-px text-12 text-f2 underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center"
      >
        <time dateTime={new Date(entry.at).toISOString()} title={stamp}>
          {time}
        </time>
      </MomentLink>
      <Mark line={line} answer={answer} />
      <div className="min-w-0 grow basis-64 break-words max-md:order-1 max-md:basis-full">
        <p className={entry.kind === 'note' ? 'whitespace-pre-wrap text-f0' : 'text-f0'}>
          {entry.severity !== null && <span className="sr-only">{t(SEVERITY_WORDS[entry.severity])}: </span>}
          {notBefore !== null && (
            <span className="text-unknown">{t('between {time} and then:', { time: notBefore })} </span>
          )}
          {entry.kind === 'note' && <span className="text-f2">{t('note:')} </span>}
          <EntryText line={line} scope={scope} />
        </p>
        <Facts line={line} clock={clock} />
      </div>
      <span className="ml-auto flex shrink-0 items-center gap-2 text-11 text-f3">
        <span className="max-w-44 truncate" title={wire(entry.source)}>
          {wire(entry.source)}
        </span>
        <span className="flex gap-0.5 [&>button]:flex [&>button]:size-6 [&>button]:items-center [&>button]:justify-center [&>button]:rounded-chip [&>button]:text-f3 [&>button:hover]:text-f0 pointer-coarse:[&>button]:size-11">
          <button
            type="button"
            aria-label={t('Around {time}: show only this window', { time })}
            title={t('Show the window around it')}
            onClick={() => onChoose(windowAround(entry.at, clockNow()))}
          >
            <Icon name="around" size={13} />
          </button>
          <button
            type="button"
            aria-label={t('Write a note about {time}', { time })}
            title={t('Write a note about this moment')}
            onClick={() => onNote(entry.at)}
          >
            <Icon name="note" size={13} />
          </button>
        </span>
      </span>
    </li>
  );
}

function Mark({ line: { entry }, answer }: { line: ReportLine; answer: IncidentAnswer }) {
  const box = 'mt-0.5 text-f2';
  if (entry.kind === 'action') {
    const action = answer.actions.find(({ id }) => id === entry.actionId);
    if (action !== undefined && entry.severity === null)
      return <Icon name={ACTION_WORDS[action.request.kind].icon} className={box} />;
  }
  if (entry.kind === 'note') return <Icon name="note" className={box} />;
  if (entry.kind === 'leader') return <Glyph glyph="leader" className="mt-0.5" />;
  return <SeverityIcon health={entry.severity ?? 'ok'} size={14} className="mt-0.5" />;
}

function EntryText({ line: { entry }, scope }: { line: ReportLine; scope: string }) {
  if (entry.withdrawn)
    return (
      <>
        <s className="text-f3">{wire(entry.text)}</s> <span className="text-f2">{t('(withdrawn)')}</span>
      </>
    );
  if (entry.actionId === null) return wire(entry.text);
  return (
    <Link
      href={actionPath(scope, entry.actionId)}
      prefetch={false}
      className="rounded-chip font-medium underline decoration-l3 hover:decoration-current"
    >
      {wire(entry.text)}
    </Link>
  );
}

function Facts({ line: { entry }, clock }: { line: ReportLine; clock: Report['clock'] }) {
  if (entry.facts.length === 0) return null;
  const facts = entry.facts.map(({ at, text }) => (at === null ? wire(text) : `${clock.time(at)} ${wire(text)}`));
  const rest = facts.slice(FACTS_MAX);
  const item = (fact: string, index: number) => <li key={`${index}/${fact}`}>{fact}</li>;
  return (
    <div className="text-12 text-f2">
      <ul>{facts.slice(0, FACTS_MAX).map(item)}</ul>
      {rest.length > 0 && (
        <details>
          <summary className="w-fit cursor-pointer rounded-chip text-f1 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center">
            {t('{n} more', { n: rest.length })}
          </summary>
          <ul>{rest.map(item)}</ul>
        </details>
      )}
    </div>
  );
}
