// Locks and sessions in a few words. What PostgreSQL calls a thing stays as it is.
import type { SessionRow } from '@/lib/client/activity/activity';
import { formatClockDuration } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';

interface Lock {
  readonly mode: string;
  readonly kind: string;
  readonly relation: string | null;
}

/** `AccessExclusiveLock, order_lines`. */
export function lockWords({ mode, kind, relation }: Lock): string {
  return relation === null
    ? `${mode}, ${kind}`
    : kind === 'relation'
      ? `${mode}, ${relation}`
      : `${mode}, ${kind}, ${relation}`;
}

/** `deploy, migrate 7.3 from 10.20.7.31 in orders`. */
export function sessionWords({ user, application, client, database }: SessionRow): string {
  const who = [user, application].filter((part) => part !== null && part !== '').join(', ');
  const named = who === '' ? t('unknown') : who;
  const from =
    client === null ? t('{who} on a local socket', { who: named }) : t('{who} from {client}', { who: named, client });
  return database === null ? from : t('{who} in {database}', { who: from, database });
}

export function spanWords(seconds: number | null): string {
  return seconds === null ? '' : formatClockDuration(seconds * 1000);
}
