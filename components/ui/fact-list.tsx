import type { ReactNode } from 'react';
import { t } from '@/lib/client/words/text';

export interface Fact {
  readonly label: string;
  /** null: unknown. */
  readonly value: ReactNode;
  readonly mono?: boolean;
  readonly tone?: string | undefined;
  readonly title?: string | undefined;
}

/** Labels and what is known of each; unknown is said. */
export function FactList({ facts, className = '' }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={`grid grid-cols-[minmax(84px,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-12 ${className}`}>
      {facts.map(({ label, value, mono, tone, title }) => (
        <div key={label} className="contents">
          <dt className="text-f2">{label}</dt>
          <dd
            className={`min-w-0 break-words ${value === null ? 'text-unknown' : (tone ?? 'text-f1')} ${mono ? 'font-mono' : ''}`}
            title={title}
          >
            {value ?? t('unknown')}
          </dd>
        </div>
      ))}
    </dl>
  );
}
