'use client';
import { formatBytes } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ActionRequest, CandidateVerdict, Check, Preflight } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { CheckItem } from '../actions/checks';
import { FromTo, PhoneFacts } from '../actions/phone-facts';
import { Age } from '../ui/age';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';

interface ConfirmStepProps {
  readonly request: ActionRequest;
  readonly preflight: Preflight | null;
  readonly snapshot: Snapshot;
  /** Another candidate of the same action. */
  readonly onChoose: (request: ActionRequest) => void;
}

/** What is decided, what it costs, what was found, who was refused: all that a person reads before holding the button. */
export function ConfirmStep({ request, preflight, snapshot, onChoose }: ConfirmStepProps) {
  return (
    <div className="grid gap-4 px-5 py-4 text-15 [&_.text-12]:text-13 [&_.text-13]:text-15">
      <FromTo request={request} preflight={preflight} snapshot={snapshot} />
      {preflight === null ? (
        <p className="text-f2">{t('Checking')}</p>
      ) : (
        <>
          <PhoneFacts preflight={preflight} />
          <p className="break-words text-f1">{wire(preflight.summary)}</p>
          <Found checks={preflight.checks} preflight={preflight} snapshot={snapshot} />
          <Candidates request={request} preflight={preflight} snapshot={snapshot} onChoose={onChoose} />
        </>
      )}
    </div>
  );
}

function Found({
  checks,
  preflight,
  snapshot,
}: {
  checks: readonly Check[];
  preflight: Preflight;
  snapshot: Snapshot;
}) {
  const count = (verdict: Check['verdict']): number => checks.filter((check) => check.verdict === verdict).length;
  const loud = checks.filter(({ verdict }) => verdict === 'blocker' || verdict === 'warning');
  const [blockers, warnings] = [count('blocker'), count('warning')];
  const age = <Age key="age" at={preflight.observedAt} staleAfterMs={snapshot.staleAfterMs} />;
  return (
    <section aria-labelledby="card-found">
      <h2 id="card-found" className="flex flex-wrap items-baseline justify-between gap-x-3 text-f2">
        <span className="font-semibold">
          {tn(blockers, '{n} blocker', '{n} blockers')}, {tn(warnings, '{n} warning', '{n} warnings')}
        </span>
        <span className="font-normal text-13">{rich('checked {age} ago', { age })}</span>
      </h2>
      <ul className="-mx-3">
        {loud.map((check) => (
          <CheckItem key={`${check.code}/${check.members.join(',')}/${check.title}`} check={check} />
        ))}
      </ul>
      <details className="text-13 text-f2">
        <summary className="min-h-11 cursor-pointer content-center">
          {tn(checks.length - loud.length, '{n} more checked', '{n} more checked')}
        </summary>
        <ul>
          {checks
            .filter((check) => !loud.includes(check))
            .map((check) => (
              <li key={`${check.code}/${check.title}`} className="break-words pb-1">
                {wire(check.title)}
                {check.detail !== '' && `. ${wire(check.detail)}`}
              </li>
            ))}
        </ul>
      </details>
    </section>
  );
}

function withCandidate(request: ActionRequest, candidate: string): ActionRequest | null {
  if (request.kind === 'switchover') return { ...request, candidate };
  return request.kind === 'failover' ? { ...request, candidate } : null;
}

function Candidates({
  request,
  preflight,
  snapshot,
  onChoose,
}: Omit<ConfirmStepProps, 'preflight'> & { preflight: Preflight }) {
  if (request.kind !== 'switchover' && request.kind !== 'failover') return null;
  const others = preflight.candidates.filter(({ member }) => member !== request.candidate);
  const open = others.filter(({ choice }) => choice === 'eligible');
  const refused = others.filter(({ choice }) => choice !== 'eligible');
  return (
    <>
      {open.length > 0 && (
        <section aria-labelledby="card-others">
          <h2 id="card-others" className="mb-1 font-semibold text-13 text-f2">
            {t('Other candidates')}
          </h2>
          <ul className="grid gap-1.5">
            {open.map((candidate) => {
              const next = withCandidate(request, candidate.member);
              return (
                <li key={candidate.member}>
                  <button
                    type="button"
                    onClick={() => next !== null && onChoose(next)}
                    className="flex min-h-11 w-full items-center gap-2.5 rounded-panel border border-l2 px-3 text-left text-f1"
                  >
                    <MemberOf candidate={candidate} snapshot={snapshot} />
                    <span className="min-w-0 grow break-words">{wire(candidate.words)}</span>
                    {candidate.lagBytes !== null && (
                      <span className="shrink-0 text-13">{formatBytes(candidate.lagBytes)}</span>
                    )}
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {refused.length > 0 && (
        <section aria-labelledby="card-refused">
          <h2 id="card-refused" className="mb-1 font-semibold text-13 text-f2">
            {t('Refused candidates')}
          </h2>
          <ul>
            {refused.map((candidate) => (
              <li key={candidate.member} className="flex min-h-8 items-center gap-2.5 text-f2">
                <Icon name="lock" size={15} className="text-f3" />
                <MemberOf candidate={candidate} snapshot={snapshot} />
                <span className="min-w-0 break-words">{wire(candidate.detail)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function MemberOf({ candidate, snapshot }: { candidate: CandidateVerdict; snapshot: Snapshot }) {
  const member = snapshot.cluster.members.find(({ name }) => name === candidate.member);
  return (
    <>
      <Glyph glyph={member === undefined ? 'unknown' : glyphOf(member, snapshot.cluster)} size={16} />
      <span className="shrink-0 font-semibold text-f0">
        <Name text={candidate.member} limit={14} />
      </span>
    </>
  );
}
