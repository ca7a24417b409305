'use client';
import type { Drift } from '@/lib/client/drift/drift';
import { t, wire } from '@/lib/client/words/text';
import { CopyButton } from '../ui/copy-button';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { kindWord } from './drift-words';

/** Versions, what is installed on the machines, how they sort, who may come in. */
export function DifferencesPanel({ answer }: { answer: Drift }) {
  const { differences, database } = answer;
  return (
    <Panel
      title={t('What else differs')}
      count={differences.length}
      aside={database === null ? undefined : t('extensions of the database {database}', { database })}
    >
      <ul className="text-12">
        {differences.map(({ kind, subject, values, why, command }) => (
          <li
            key={`${kind} ${subject} ${values.map(({ member }) => member)}`}
            className="grid gap-x-6 gap-y-1 border-l1 border-t px-3.5 py-2 first:border-t-0 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]"
          >
            <div className="min-w-0">
              <span className="block break-all font-mono font-semibold text-f0">{subject}</span>
              <span className="text-f3">{kindWord(kind)}</span>
            </div>
            <div className="min-w-0">
              <dl className="flex flex-wrap gap-x-5 gap-y-0.5">
                {values.map(({ member, text }) => (
                  <div key={member} className="flex min-w-0 gap-1.5">
                    <dt className="text-f2">
                      <Name text={member} limit={18} />
                    </dt>
                    <dd className="min-w-0 break-words text-f0">{text === null ? t('unknown') : wire(text)}</dd>
                  </div>
                ))}
              </dl>
              <p className="text-f2">{wire(why)}</p>
              {command !== null && (
                <p className="flex items-center gap-1">
                  <code className="min-w-0 break-all text-f0">{command}</code>
                  <CopyButton text={() => command} label={t('Copy {what}', { what: command })} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
