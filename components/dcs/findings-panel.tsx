'use client';
import { exactTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { Since } from '../ui/age';
import { CodeText } from '../ui/code-text';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { HEALTH_ROW } from '../ui/tone';

export function FindingsPanel({ findings }: { findings: CareAnswer['findings'] }) {
  return (
    <Panel title={t('Findings')} count={String(findings.length)}>
      {findings.length === 0 && <p className="px-3.5 py-2.5 text-f2">{t('Nothing is found in what is seen of it.')}</p>}
      <ul>
        {findings.map((finding) => (
          <li
            key={finding.code}
            data-finding={finding.code}
            className={`border-l1 border-t px-3.5 py-2.5 first:border-t-0 ${finding.severity === 'warning' ? '' : HEALTH_ROW[finding.severity]}`}
          >
            <div className="flex items-start gap-2">
              <SeverityIcon health={finding.severity} className="mt-0.5" />
              <span className="sr-only">{t(HEALTH_WORDS[finding.severity])}: </span>
              <h3 className="min-w-0 break-words font-semibold text-13 text-f0">{wire(finding.title)}</h3>
            </div>
            <div className="pl-6">
              <dl className="mt-1 grid grid-cols-[minmax(72px,auto)_minmax(0,1fr)] gap-x-4 text-12">
                {finding.evidence.map(({ label, text }, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two facts may read alike
                  <div key={index} className="contents">
                    <dt className="max-w-44 break-words text-f2">{wire(label)}</dt>
                    <dd className="min-w-0 break-words text-f1">{wire(text)}</dd>
                  </div>
                ))}
              </dl>
              <p className="mt-1.5 text-f0">
                <CodeText text={wire(finding.advice)} />
              </p>
              <p className="mt-0.5 text-12 text-f2" title={exactTime(finding.since)}>
                {rich('seen for {age}', { age: <Since at={finding.since} /> })}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
