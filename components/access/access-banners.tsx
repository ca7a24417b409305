'use client';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useMe } from '@/lib/client/access/me';
import { useNow } from '@/lib/client/live/clock';
import { formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { MeAnswer } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';

const LINE = 'flex items-start gap-2.5 border-l1 border-b px-4 py-1.5 text-12 md:px-6';

/**
 * By what right this page is looked at, where that is not the usual. It is never dismissed: it goes when it is over; only what became
 * of the account goes when it was read.
 */
export function AccessBanners() {
  const me = useMe();
  const path = usePathname();
  const router = useRouter();
  const isElsewhere = me?.owesFactor === true && path !== '/account';
  useEffect(() => {
    if (isElsewhere) router.replace('/account');
  }, [isElsewhere, router]);
  if (me === undefined) return null;
  const isUsual = me.kind !== 'break_glass' && me.unverifiedSince === null && !me.owesFactor;
  if (isUsual && me.notices.length === 0) return null;
  return (
    <aside aria-label={t('Your rights')}>
      {me.kind === 'break_glass' && (
        <p role="alert" className={`${LINE} bg-critical-fill text-white`}>
          <Icon name="key" size={14} className="mt-0.5" />
          <span>
            <b className="font-semibold">{t('Break-glass session of {name}.', { name: me.name })}</b>{' '}
            {t('Everything is allowed, and all of it is recorded and reported.')}
          </span>
        </p>
      )}
      {me.owesFactor && (
        <p role="status" className={`${LINE} bar-warning bg-warning-tint text-f0`}>
          <SeverityIcon health="warning" size={14} className="mt-0.5" />
          {t('Your role demands a second factor. Turn it on here: until then you see and do nothing else.')}
        </p>
      )}
      {me.notices.length > 0 && <Notices notices={me.notices} />}
      {me.unverifiedSince !== null && <Unverified since={me.unverifiedSince} />}
    </aside>
  );
}

/** At the end of the page: it comes with an answer, and what stands below it would move. */
export function OpenNote() {
  if (useMe()?.kind !== 'open') return null;
  return (
    <footer className="flex items-start gap-2.5 px-4 pb-3 text-12 text-f2 md:px-6 print:hidden">
      <Icon name="person" size={14} className="mt-0.5" />
      {t('Nobody signs in here: whoever opens this page may do everything.')}
    </footer>
  );
}

const SEEN_KEY = 'howdah-notices-seen';

/** What became of the account since the sign-in before: so that whoever takes it over does not do so unseen. */
function Notices({ notices }: Pick<MeAnswer, 'notices'>) {
  const now = useNow(60_000);
  const mark = String(notices[0]?.at);
  const [seen, setSeen] = useState(() => localStorage.getItem(SEEN_KEY));
  if (seen === mark) return null;
  return (
    <div className={`${LINE} bar-warning bg-warning-tint text-f0`}>
      <SeverityIcon health="warning" size={14} className="mt-0.5" />
      <div className="min-w-0 grow">
        <p>{t('Your account, since you signed in the time before. If it was not you, tell an admin.')}</p>
        <ul>
          {notices.map(({ at, text, address }) => (
            <li key={`${at} ${wire(text)}`} className="break-words text-f1">
              {t('{time}, from {address}: {text}', {
                time: formatTime(at, now),
                address: address ?? t('unknown'),
                text: wire(text),
              })}
            </li>
          ))}
        </ul>
      </div>
      <Button
        onClick={() => {
          localStorage.setItem(SEEN_KEY, mark);
          setSeen(mark);
        }}
      >
        {t('Seen')}
      </Button>
    </div>
  );
}

function Unverified({ since }: { since: number }) {
  const now = useNow();
  return (
    <p role="status" className={`${LINE} bar-warning bg-warning-tint text-f0`}>
      <SeverityIcon health="warning" size={14} className="mt-0.5" />
      {t('Your rights are those of {time} ago: the store, where they are kept, is away.', {
        time: formatDuration(Math.max(0, now - since)),
      })}
    </p>
  );
}
