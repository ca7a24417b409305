'use client';
import Link from 'next/link';
import { useNow } from '@/lib/client/live/clock';
import type { Link as CardLink } from '@/lib/client/phone/card';
import { formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { saidBy } from '@/lib/language/spoken-error';
import { Age } from '../ui/age';
import { Chip } from '../ui/chip';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';

interface CardHeaderProps {
  readonly scope: string;
  readonly title: string;
  readonly snapshot: Snapshot | undefined;
  readonly link: CardLink;
  /** null: back is the cluster's own page. */
  readonly onBack: (() => void) | null;
}

const BACK = 'flex size-11 shrink-0 items-center justify-center rounded-control text-f1';

export function CardHeader({ scope, title, snapshot, link, onBack }: CardHeaderProps) {
  const [label] = Object.entries(snapshot?.labels ?? {});
  return (
    <header className="sticky top-0 z-10 flex min-h-[54px] items-center gap-1.5 border-l1 border-b bg-bg0 pr-4 pl-1">
      {onBack === null ? (
        <Link
          href={`/clusters/${encodeURIComponent(scope)}`}
          prefetch={false}
          aria-label={t('Cluster {scope}', { scope })}
          className={BACK}
        >
          <Icon name="back" size={20} />
        </Link>
      ) : (
        <button type="button" aria-label={t('Back to the card')} onClick={onBack} className={BACK}>
          <Icon name="back" size={20} />
        </button>
      )}
      <h1 className="min-w-0 truncate font-semibold text-18 text-f0" title={title}>
        {onBack === null ? <Name text={title} limit={17} /> : title}
      </h1>
      {onBack === null && label !== undefined && (
        <Chip>
          {label[0]}={label[1]}
        </Chip>
      )}
      <span role="status" className="ml-auto shrink-0 pl-2 text-13 text-f2">
        {link.phase === 'lost' ? (
          <span className="text-unknown">{t('not connected')}</span>
        ) : snapshot === undefined ? (
          t('connecting')
        ) : (
          <>
            <span className="sr-only">{t('live')}</span>
            <span aria-hidden="true">
              {rich('live, {age} old', {
                age: <Age key="age" at={snapshot.observedAt} staleAfterMs={snapshot.staleAfterMs} />,
              })}
            </span>
          </>
        )}
      </span>
    </header>
  );
}

/** The link is gone: since when, and that it is tried again by itself. */
export function LostNote({ link }: { link: CardLink }) {
  useNow();
  if (link.phase !== 'lost') return null;
  const { cameAt } = link;
  const now = Date.now();
  return (
    <div role="alert" className="flex items-center gap-3 bg-critical-fill px-4 py-2.5 text-white">
      <Icon name="unplugged" size={20} />
      <p className="min-w-0 grow text-15">
        <span className="block font-semibold">
          {cameAt === null
            ? t('No answer from Howdah yet')
            : t('Connection lost {time} ago', { time: formatDuration(now - cameAt) })}
        </span>
        <span aria-live="off">
          {cameAt === null
            ? t('It is asked again by itself.')
            : t('What is shown is of {time}. It is read again by itself.', { time: formatTime(cameAt, now) })}
        </span>
      </p>
      <button
        type="button"
        onClick={link.again}
        className="min-h-11 shrink-0 rounded-control border border-white px-3.5 font-medium text-15 text-white focus-visible:outline-white"
      >
        {t('Now')}
      </button>
    </div>
  );
}

/** Howdah answered, and the answer is no. */
export function Refused({ scope, refusal }: { scope: string; refusal: NonNullable<CardLink['refusal']> }) {
  return (
    <section className="px-5 py-4 text-15">
      <h2 className="break-words font-semibold text-18 text-f0">
        {refusal.code === 'not_found' ? t('No cluster named {scope}', { scope }) : t('This cluster cannot be shown')}
      </h2>
      <p className="mt-1 break-words text-f1">{wire(saidBy(refusal))}</p>
      <Link
        href="/"
        prefetch={false}
        className="mt-2 inline-flex min-h-11 items-center rounded-chip text-accent underline"
      >
        {t('All clusters')}
      </Link>
    </section>
  );
}
