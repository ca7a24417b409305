'use client';
import { openAction } from '@/lib/client/actions/actions';
import { usePast } from '@/lib/client/live/clock';
import { useLost } from '@/lib/client/live/live';
import { PAST_REASON } from '@/lib/client/past/moment';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Finding } from '@/lib/domain/cluster';
import { answerTo } from '../actions/menu-items';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { CodeText } from '../ui/code-text';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { HEALTH_ROW } from '../ui/tone';
import { RunbooksAbout, RunbooksFoot } from './runbooks';

interface ItemProps {
  readonly finding: Finding;
  readonly anchor: string | undefined;
  readonly was: boolean;
  readonly scope: string;
}

function Item({ finding, anchor, was, scope }: ItemProps) {
  const past = usePast() !== null;
  const answer = was ? null : answerTo(finding.code, finding.members);
  const head = (
    <>
      <SeverityIcon health={was ? 'unknown' : finding.severity} className="mt-0.5" />
      <span className="sr-only">{t(HEALTH_WORDS[finding.severity])}: </span>
      <h3 className="min-w-0 grow font-semibold text-13 text-f0">
        {was && <span className="text-unknown">{t('was:')} </span>}
        {wire(finding.title)}
      </h3>
      <Since at={finding.since} className="pl-2 text-11 text-f2" />
    </>
  );
  const act = answer !== null && (
    <Button disabled={past} icon={past ? 'lock' : undefined} onClick={() => openAction(scope, answer.request)}>
      <span className="min-w-0 break-words">
        {past ? t('{action}: off, {why}', { action: answer.word.replace('…', ''), why: t(PAST_REASON) }) : answer.word}
      </span>
    </Button>
  );
  const body = (
    <>
      {finding.evidence.length > 0 && (
        <dl className="mt-1 grid grid-cols-[minmax(72px,auto)_minmax(0,1fr)] gap-x-4 text-12">
          {finding.evidence.map(({ label, text }) => (
            <div key={`${label}/${text}`} className="contents">
              <dt className="max-w-44 text-f2">{wire(label)}</dt>
              <dd className="min-w-0 break-words text-f1">{wire(text)}</dd>
            </div>
          ))}
        </dl>
      )}
      {finding.advice !== '' && (
        <p className="mt-1.5 text-f0">
          <CodeText text={wire(finding.advice)} />
        </p>
      )}
      <RunbooksAbout
        scope={scope}
        code={finding.code}
        member={finding.members.length === 1 ? (finding.members[0] ?? null) : null}
        since={finding.since}
      />
      <p className="mt-1.5 flex flex-wrap items-end justify-between gap-2">
        {finding.severity !== 'note' && act}
        <code className="ml-auto text-11 text-f2">{finding.code}</code>
      </p>
    </>
  );
  if (finding.severity !== 'note') {
    return (
      <li
        id={anchor}
        className={`border-l1 border-t px-3.5 py-2.5 first:border-t-0 ${was || finding.severity === 'warning' ? '' : HEALTH_ROW[finding.severity]}`}
      >
        <div className="flex items-start gap-2">{head}</div>
        <div className="pl-6">{body}</div>
      </li>
    );
  }
  return (
    <li id={anchor} className="border-l1 border-t first:border-t-0">
      <details>
        <summary className="flex cursor-pointer list-none items-start gap-2 px-3.5 py-2.5 -outline-offset-2">
          {head}
        </summary>
        <div className="px-3.5 pb-2.5 pl-[38px]">{body}</div>
      </details>
      {act && <p className="px-3.5 pb-2.5 pl-[38px]">{act}</p>}
    </li>
  );
}

/** The worst of them are read; thirty alike are counted. */
const SHOWN = 8;
/** Of one code, where there are more than `SHOWN` in all. */
const ALIKE = 3;

function split(findings: readonly Finding[]): { shown: readonly Finding[]; rest: readonly Finding[] } {
  if (findings.length <= SHOWN) return { shown: findings, rest: [] };
  const seen = new Map<string, number>();
  const shown: Finding[] = [];
  const rest: Finding[] = [];
  for (const finding of findings) {
    const before = seen.get(finding.code) ?? 0;
    seen.set(finding.code, before + 1);
    (before < ALIKE && shown.length < SHOWN ? shown : rest).push(finding);
  }
  return { shown, rest };
}

function List({ findings, was, scope }: { findings: readonly Finding[]; was: boolean; scope: string }) {
  return (
    <ul>
      {findings.map((finding) => (
        <Item
          key={`${finding.code}/${finding.members.join(',')}/${finding.evidence[0]?.label ?? ''}`}
          finding={finding}
          // Messages lead here: the first of a code is the worst of it.
          anchor={
            findings.find(({ code }) => code === finding.code) === finding ? `finding-${finding.code}` : undefined
          }
          was={was}
          scope={scope}
        />
      ))}
    </ul>
  );
}

interface FindingsPanelProps {
  readonly findings: readonly Finding[];
  readonly scope: string;
  readonly title?: string;
}

export function FindingsPanel({ findings, scope, title = t('Findings') }: FindingsPanelProps) {
  const was = useLost();
  const { shown, rest } = split(findings);
  return (
    <Panel title={title} count={findings.length} aside={findings.length > 1 ? t('worst first') : undefined}>
      {findings.length === 0 ? (
        <p className="flex items-center gap-2 px-3.5 py-3 text-f2">
          <SeverityIcon health={was ? 'unknown' : 'ok'} />
          {was ? t('was without findings') : t('Nothing needs attention.')}
        </p>
      ) : (
        <>
          <List findings={shown} was={was} scope={scope} />
          {rest.length > 0 && (
            <details className="border-l1 border-t">
              <summary className="cursor-pointer px-3.5 py-2.5 text-f1 -outline-offset-2">
                {tn(rest.length, '{n} more finding', '{n} more findings')}
              </summary>
              <List findings={rest} was={was} scope={scope} />
            </details>
          )}
        </>
      )}
      <RunbooksFoot scope={scope} />
    </Panel>
  );
}
