'use client';
import type { SessionRow } from '@/lib/client/activity/activity';
import { t } from '@/lib/client/words/text';
import type { ActivityAnswer } from '@/lib/contract/activity';

interface StatementProps {
  readonly session: SessionRow | undefined;
  readonly texts: ActivityAnswer['texts'];
  readonly className?: string;
}

/** What it runs, or ran last; hidden where the one who looks may not read it. */
export function Statement({ session, texts, className = '' }: StatementProps) {
  if (session === undefined) return <span className={className} />;
  if (texts === 'denied') return <span className={`text-f3 ${className}`}>{t('statement hidden')}</span>;
  const { statement } = session;
  if (statement === null) return <span className={`text-f3 ${className}`}>{t('no statement')}</span>;
  return (
    <code className={`min-w-0 truncate text-11 text-f2 ${className}`} title={statement}>
      {session.state !== 'active' && <span className="text-f3">{t('last:')} </span>}
      {statement}
    </code>
  );
}
