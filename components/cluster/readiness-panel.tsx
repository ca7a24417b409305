'use client';
import { useFreshness } from '@/lib/client/live/live';
import { formatBytes } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Candidate, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { isTrap } from '@/lib/domain/readiness';
import { Age } from '../ui/age';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

function verdict(candidate: Candidate): { text: string; tone: string } {
  const why = candidate.reasons.map((reason) => wire(reason.text)).join(', ');
  if (candidate.eligible === true) {
    return {
      text:
        candidate.lagBytes === null
          ? t('eligible')
          : t('eligible, {size} behind', { size: formatBytes(candidate.lagBytes) }),
      tone: 'text-f0',
    };
  }
  if (candidate.eligible === null)
    return { text: why === '' ? t('unknown') : t('unknown: {why}', { why }), tone: 'text-unknown' };
  return {
    text: t('refused: {why}', { why }),
    tone: isTrap(candidate) ? 'text-critical' : 'text-f2',
  };
}

function Line({ candidate, snapshot }: { candidate: Candidate; snapshot: Snapshot }) {
  const member = snapshot.cluster.members.find((one) => one.name === candidate.member);
  const { text, tone } = verdict(candidate);
  return (
    <li className="flex items-start gap-2.5 py-[3px]">
      <Glyph glyph={member ? glyphOf(member, snapshot.cluster) : 'unknown'} className="mt-[3px]" />
      <span className="min-w-7 shrink-0 font-semibold text-f0">
        <Name text={candidate.member} limit={14} />
      </span>
      <span className={`min-w-0 break-words text-12 ${tone}`}>
        {text}
        {isTrap(candidate) && (
          <span className="mt-0.5 flex items-center gap-1.5 font-semibold">
            <SeverityIcon health="critical" size={12} /> {t('Patroni itself would elect it')}
          </span>
        )}
      </span>
    </li>
  );
}

/** Thirty members have twenty-nine candidates; the first of them answer the question. */
const SHOWN = 6;

function headline(possible: boolean | null): { text: string; tone: string } {
  if (possible === null) return { text: t('Whether a failover is possible is unknown'), tone: 'text-unknown' };
  return possible
    ? { text: t('Failover possible'), tone: 'text-f0' }
    : { text: t('No automatic failover'), tone: 'text-warning' };
}

export function ReadinessPanel({ snapshot }: { snapshot: Snapshot }) {
  const { readiness } = snapshot;
  const { leader } = snapshot.cluster;
  const was = useFreshness(snapshot.observedAt, snapshot.staleAfterMs) === 'was';
  const { text, tone } = headline(readiness.failoverPossible);
  const [first, ...rest] = readiness.reasons;
  const end = first !== undefined && String(first).startsWith('to ') ? first : null;
  return (
    <Panel
      title={leader?.known === true ? t('If {leader} died now', { leader: leader.name }) : t('Who could take over')}
      aside={
        <span>
          {rich('computed {age} ago', {
            age: <Age at={snapshot.observedAt} staleAfterMs={snapshot.staleAfterMs} />,
          })}
        </span>
      }
      bodyClassName="px-3.5 py-2.5"
    >
      <p className={`font-semibold ${was ? 'text-unknown' : tone}`}>
        {was && `${t('was:')} `}
        {text}
        {end !== null && `, ${wire(end)}`}
      </p>
      {(end !== null ? rest : readiness.reasons).map((reason) => (
        <p key={String(reason)} className="text-12 text-f2">
          {wire(reason)}
        </p>
      ))}
      {readiness.candidates.length > 0 && (
        <>
          <ul aria-label={t('Candidates, best first')} className="mt-2">
            {readiness.candidates.slice(0, SHOWN).map((candidate) => (
              <Line key={candidate.member} candidate={candidate} snapshot={snapshot} />
            ))}
          </ul>
          {readiness.candidates.length > SHOWN && (
            <details>
              <summary className="cursor-pointer py-1 text-12 text-f1">
                {tn(readiness.candidates.length - SHOWN, '{n} more candidate', '{n} more candidates')}
              </summary>
              <ul>
                {readiness.candidates.slice(SHOWN).map((candidate) => (
                  <Line key={candidate.member} candidate={candidate} snapshot={snapshot} />
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </Panel>
  );
}
