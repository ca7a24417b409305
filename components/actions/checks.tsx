'use client';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { Check, Preflight } from '@/lib/domain/actions/action';
import { Age } from '../ui/age';
import { CodeText } from '../ui/code-text';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { rich } from '../ui/rich';

const HEALTH = { blocker: 'critical', warning: 'warning', note: 'note', passed: 'ok' } as const;
const WORD = {
  blocker: form('Blocker'),
  warning: form('Warning'),
  note: form('Note'),
  passed: form('Passed'),
} as const;

const count = (checks: readonly Check[], verdict: Check['verdict']): number =>
  checks.filter((check) => check.verdict === verdict).length;

/** `0 blockers, 3 warnings, 10 passed`. */
function countWords(checks: readonly Check[]): string {
  const [blockers, warnings, passed] = [count(checks, 'blocker'), count(checks, 'warning'), count(checks, 'passed')];
  return [
    tn(blockers, '{n} blocker', '{n} blockers'),
    tn(warnings, '{n} warning', '{n} warnings'),
    tn(passed, '{n} passed', '{n} passed'),
  ].join(', ');
}

export function CheckItem({ check }: { check: Check }) {
  // Where the consequence repeats a fact, the fact is not said twice.
  const facts = check.evidence.filter(({ text }) => !`${check.title} ${check.detail}`.includes(String(text)));
  const evidence = facts.map(({ label, text }) => `${wire(label)}: ${wire(text)}`).join('; ');
  return (
    <li className="flex items-start gap-3 border-l1 border-t px-3 py-2.5 first:border-t-0">
      <SeverityIcon health={HEALTH[check.verdict]} size={15} className="mt-0.5" />
      <span className="min-w-0">
        <span className="sr-only">{t(WORD[check.verdict])}: </span>
        <span className="block break-words font-semibold text-13 text-f0">{wire(check.title)}</span>
        {evidence !== '' && <span className="block break-words text-12 text-f1">{evidence}</span>}
        {check.detail !== '' && (
          <span className="block break-words text-12 text-f2">
            <CodeText text={wire(check.detail)} />
          </span>
        )}
      </span>
    </li>
  );
}

/** Blockers, warnings, notes; what passed in one grey line. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  const passed = checks.filter((check) => check.verdict === 'passed');
  return (
    <ul className="rounded-panel border border-l1">
      {checks
        .filter((check) => check.verdict !== 'passed')
        .map((check) => (
          <CheckItem key={`${check.code}/${check.members.join(',')}/${check.title}`} check={check} />
        ))}
      {passed.length > 0 && (
        <li className="flex items-start gap-3 border-l1 border-t px-3 py-2.5 text-12 text-f2 first:border-t-0">
          <Icon name="check" size={15} className="mt-px text-f3" />
          <span className="min-w-0 break-words">{passed.map((check) => wire(check.title)).join('; ')}</span>
        </li>
      )}
    </ul>
  );
}

export function Checks({ preflight, staleAfterMs }: { preflight: Preflight; staleAfterMs: number }) {
  return (
    <section>
      <h3 className="mb-2 flex flex-wrap items-baseline gap-x-2 font-semibold text-13 text-f0">
        {t('What we checked')}
        <span className="font-normal text-12 text-f2">
          {rich('{age} ago, {counts}', {
            age: <Age at={preflight.observedAt} staleAfterMs={staleAfterMs} />,
            counts: countWords(preflight.checks),
          })}
        </span>
      </h3>
      <CheckList checks={preflight.checks} />
    </section>
  );
}
