'use client';
import type { Drift } from '@/lib/client/drift/drift';
import { formatTook } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { Command } from '../ui/command';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { statementWord } from './drift-words';

const GRANTS = 'GRANT SELECT ON pg_hba_file_rules TO howdah; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO howdah;';

/** Who was read and what it cost, what was left out and why. */
export function ReadPanel({ answer }: { answer: Drift }) {
  const { members, settings, values } = answer;
  const denied = members.some(({ costs }) => costs.some(({ statement, denied: is }) => is && statement === 'hba'));
  return (
    <Panel title={t('What was read')}>
      <ul className="text-12">
        {members.map(({ member, problem, costs }) => (
          <li
            key={member}
            className="flex flex-wrap gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 first:border-t-0"
          >
            <span className="font-semibold text-f0">
              <Name text={member} limit={18} />
            </span>
            {problem !== null && <span className="text-unknown">{t('not read: {why}', { why: wire(problem) })}</span>}
            {costs.map(({ statement, tookMs, problem: why }) => (
              <span key={statement} className={why === null ? 'text-f2' : 'text-f3'}>
                {statementWord(statement)}{' '}
                {why === null ? <span className="text-f1">{formatTook(tookMs ?? 0)}</span> : <span>{wire(why)}</span>}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <div className="grid gap-1.5 border-l1 border-t px-3.5 py-2 text-12 text-f2">
        {settings !== null && settings.expected.length > 0 && (
          <details>
            <summary className="cursor-pointer rounded-chip text-f1">
              {t('Differ and should: {n}', { n: settings.expected.length })}
            </summary>
            <ul className="mt-1 grid gap-0.5 sm:grid-cols-2">
              {settings.expected.map(({ name, why }) => (
                <li key={name} className="min-w-0 break-words">
                  <span className="font-mono text-f1">{name}</span> {wire(why)}
                </li>
              ))}
            </ul>
          </details>
        )}
        {settings !== null && settings.hidden.length > 0 && (
          <p>
            {t('Not compared, for the session of Howdah hides them: {names}', { names: settings.hidden.join(', ') })}
          </p>
        )}
        {values === 'denied' && (
          <p>{t('Values that may hold a secret, such as archive_command, are hidden: operators see them masked.')}</p>
        )}
        {denied && (
          <div className="grid gap-1">
            <p>
              {t(
                'The rules of pg_hba.conf are not seen. A superuser grants that on the primary, in the database that Howdah uses:',
              )}
            </p>
            <Command text={GRANTS} prompt={false} />
          </div>
        )}
      </div>
    </Panel>
  );
}
