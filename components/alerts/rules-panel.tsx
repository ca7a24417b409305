'use client';
import { useMayOn } from '@/lib/client/access/me';
import { ruleReach, ruleWords, SEVERITY_WORDS } from '@/lib/client/alerts/alert-words';
import { form, t, tn } from '@/lib/client/words/text';
import type { AlertRule } from '@/lib/contract/alerts';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import type { SilenceSubject } from './silence-dialog';

/** As they are. They are changed in howdah.yaml, where everybody can see what was changed. */
export function RulesPanel({
  rules,
  onSilence,
}: {
  rules: readonly AlertRule[];
  onSilence: (subject: SilenceSubject) => void;
}) {
  const locked = useMayOn('silence', '');
  return (
    <Panel
      title={t('Rules')}
      count={tn(rules.length, '{n} rule', '{n} rules')}
      aside={t('from howdah.yaml, the first that matches')}
      className="max-xl:order-last"
    >
      <ul>
        {rules.map((rule) => (
          <li
            key={rule.name}
            className="flex flex-wrap items-start gap-x-3 gap-y-1 border-l1 border-t px-3.5 py-2 first:border-t-0"
          >
            <SeverityIcon health={rule.severity ?? 'ok'} size={14} className="mt-0.5" />
            <div className="min-w-0 grow basis-56">
              <p className="break-words text-f0">
                <code className="text-12">{rule.name}</code>{' '}
                <span className="text-12 text-f2">
                  {t(rule.severity === null ? form('severity of the finding') : SEVERITY_WORDS[rule.severity])}
                </span>
              </p>
              <p className="break-words text-12 text-f1">{ruleWords(rule)}</p>
              {(rule.test.kind === 'finding' || rule.test.kind === 'dcs') && rule.test.codes.length > 4 && (
                <details className="text-12 text-f2">
                  <summary className="w-fit cursor-pointer rounded-chip hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center">
                    {t('which findings')}
                  </summary>
                  <p className="break-words font-mono text-11">{rule.test.codes.join(', ')}</p>
                </details>
              )}
              <p className="break-words text-12 text-f2">{ruleReach(rule)}</p>
            </div>
            <Button
              kind="quiet"
              locked={locked}
              label={t('Silence {name}…', { name: rule.name })}
              onClick={() => onSilence({ scope: '', rule: rule.name, member: '' })}
            >
              {t('Silence…')}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
