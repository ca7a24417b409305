'use client';
import { formatBytes } from '@/lib/client/format';
import { useFreshness } from '@/lib/client/live';
import type { Candidate, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Age } from '../ui/age';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

function verdict(candidate: Candidate): { text: string; tone: string } {
  const why = candidate.reasons.map((reason) => reason.text).join(', ');
  if (candidate.eligible === true) {
    return {
      text: candidate.lagBytes === null ? 'eligible' : `eligible, ${formatBytes(candidate.lagBytes)} behind`,
      tone: 'text-f0',
    };
  }
  if (candidate.eligible === null) return { text: why === '' ? 'unknown' : `unknown: ${why}`, tone: 'text-unknown' };
  return { text: `refused: ${why}`, tone: candidate.patroniWouldElect === true ? 'text-critical' : 'text-f2' };
}

function Line({ candidate, snapshot }: { candidate: Candidate; snapshot: Snapshot }) {
  const member = snapshot.cluster.members.find((one) => one.name === candidate.member);
  const { text, tone } = verdict(candidate);
  const trap = candidate.eligible === false && candidate.patroniWouldElect === true;
  return (
    <li className="flex items-start gap-2.5 py-[3px]">
      <Glyph glyph={member ? glyphOf(member, snapshot.cluster) : 'unknown'} className="mt-[3px]" />
      <span className="min-w-7 shrink-0 font-semibold text-f0">
        <Name text={candidate.member} limit={14} />
      </span>
      <span className={`min-w-0 break-words text-12 ${tone}`}>
        {text}
        {trap && (
          <span className="mt-0.5 flex items-center gap-1.5 font-semibold">
            <SeverityIcon health="critical" size={12} /> Patroni itself would elect it
          </span>
        )}
      </span>
    </li>
  );
}

function headline(possible: boolean | null): { text: string; tone: string } {
  if (possible === null) return { text: 'Whether a failover is possible is unknown', tone: 'text-unknown' };
  return possible
    ? { text: 'Failover possible', tone: 'text-f0' }
    : { text: 'No failover possible', tone: 'text-warning' };
}

export function ReadinessPanel({ snapshot }: { snapshot: Snapshot }) {
  const { readiness } = snapshot;
  const was = useFreshness(snapshot.observedAt, snapshot.staleAfterMs) === 'was';
  const { text, tone } = headline(readiness.failoverPossible);
  const [first, ...rest] = readiness.reasons;
  return (
    <Panel
      title="Readiness"
      aside={
        <span>
          computed <Age at={snapshot.observedAt} staleAfterMs={snapshot.staleAfterMs} /> ago
        </span>
      }
      bodyClassName="px-3.5 py-2.5"
    >
      <p className={`font-semibold ${was ? 'text-unknown' : tone}`}>
        {was && 'was: '}
        {text}
        {first !== undefined && (first.startsWith('to ') ? `, ${first}` : '')}
      </p>
      {(first?.startsWith('to ') ? rest : readiness.reasons).map((reason) => (
        <p key={reason} className="text-12 text-f2">
          {reason}
        </p>
      ))}
      {readiness.candidates.length > 0 && (
        <ul aria-label="Candidates, best first" className="mt-2">
          {readiness.candidates.map((candidate) => (
            <Line key={candidate.member} candidate={candidate} snapshot={snapshot} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
