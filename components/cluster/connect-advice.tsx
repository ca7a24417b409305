'use client';
import { t } from '@/lib/client/words/text';
import type { Cluster } from '@/lib/domain/cluster';
import { connectText } from '@/lib/telling/connect';
import { CodeText } from '../ui/code-text';
import { CopyButton } from '../ui/copy-button';

const FILES = { haproxy: 'haproxy.cfg', pgbouncer: 'pgbouncer.ini' } as const;

/** What to write into a client, haproxy.cfg and pgbouncer.ini for this very cluster. Folded: it is read once. */
export function ConnectAdvice({ cluster }: { cluster: Cluster }) {
  const { dsn, haproxy, pgbouncer } = connectText(cluster);
  return (
    <details>
      <summary className="cursor-pointer py-1 text-12 text-f1">
        {t('How clients connect: lines to copy for this cluster')}
      </summary>
      <div className="grid gap-3 py-1.5">
        {dsn === null ? (
          <p className="text-12 text-f2">{t('No address of a member is known yet.')}</p>
        ) : (
          <>
            <Block
              title={t('Without a proxy, for writers')}
              text={dsn.primary}
              note={t(
                'libpq tries each and keeps the one that takes writes: the shortest stall in a switchover. From libpq 14 on `target_session_attrs=primary` says it better.',
              )}
            />
            <Block
              title={t('Without a proxy, for readers')}
              text={dsn.replicas}
              note={t('`load_balance_hosts` needs libpq 16; leave it out before that.')}
            />
          </>
        )}
        {haproxy !== null && (
          <Block
            title={FILES.haproxy}
            text={haproxy}
            note={t(
              'The check asks Patroni for the role. `on-marked-down shutdown-sessions` cuts sessions of a primary that is gone; without it they hang.',
            )}
          />
        )}
        <Block
          title={FILES.pgbouncer}
          text={pgbouncer}
          note={t(
            'Point it at a door that follows the leader, never at one member. With the default `server_login_retry` of 15 s a switchover of seconds lasts 15.',
          )}
        />
      </div>
    </details>
  );
}

function Block({ title, text, note }: { title: string; text: string; note: string }) {
  return (
    <section aria-label={title}>
      <p className="flex items-center gap-2 font-semibold text-12 text-f0">
        {title}
        <CopyButton text={() => text} label={t('Copy {what}', { what: title })} />
      </p>
      <pre className="whitespace-pre-wrap break-words rounded-control border border-l2 bg-bg0 px-2.5 py-1.5 text-11 text-f0">
        {text}
      </pre>
      <p className="mt-0.5 text-11 text-f2">
        <CodeText text={note} />
      </p>
    </section>
  );
}
