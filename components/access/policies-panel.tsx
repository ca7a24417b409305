'use client';
import { whereText } from '@/lib/client/access/words';
import { t, tn } from '@/lib/client/words/text';
import type { ApprovalPolicy } from '@/lib/contract/access';
import { ACTION_WORDS } from '../actions/action-words';
import { Panel } from '../ui/panel';
import { ROW } from './panel-states';

/** What needs a second person, as the configuration says it. */
export function PoliciesPanel({ policies }: { policies: readonly ApprovalPolicy[] }) {
  return (
    <Panel title={t('Second person')} aside={t('from the configuration')}>
      {policies.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('No policy asks for a second person.')}</p>
      ) : (
        <ul>
          {policies.map((policy) => (
            <li key={JSON.stringify(policy)} className={ROW}>
              <span className="min-w-0 grow">
                <span className="block break-words text-f0">
                  {policy.actions === null
                    ? t('All actions')
                    : policy.actions.map((kind) => t(ACTION_WORDS[kind].noun)).join(', ')}
                </span>
                <span className="block break-words text-12 text-f2">
                  {t('on {where}; a request expires after {time}', {
                    where: whereText(policy),
                    time: tn(policy.minutes, '{n} minute', '{n} minutes'),
                  })}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
