import { useNow } from '@/lib/client/live/clock';
import { formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { WallEvent } from '@/lib/contract/wall';
import styles from './wall.module.css';

interface TickerProps {
  /** null: nothing came yet. */
  readonly events: readonly WallEvent[] | null;
  /** Server time; null: all is current. */
  readonly lostSince: number | null;
  readonly sound: { readonly isBlocked: boolean; readonly unlock: () => void };
}

/** As many whole events as fit, the newest first. */
export function Ticker({ events, lostSince, sound }: TickerProps) {
  const now = useNow(60_000);
  return (
    <footer className={styles.ticker}>
      {lostSince === null ? (
        <ul className={styles.events} aria-label={t('What changed last')}>
          {(events ?? []).map(({ id, scope, at, text }) => (
            <li key={`${scope} ${id}`}>
              <time dateTime={new Date(at).toISOString()}>{formatTime(at, now)}</time> <b>{scope}</b> {text}
            </li>
          ))}
          {events?.length === 0 && <li>{t('Nothing has changed lately.')}</li>}
          {events === null && <li>{t('Nothing is known.')}</li>}
        </ul>
      ) : (
        <p className={styles.events}>
          <b className="text-critical">{t('Nothing new since {time}', { time: formatTime(lostSince, now) })}</b>
          <span>{t('If this stays for 5 min: is Howdah up, is this screen on the network?')}</span>
        </p>
      )}
      {sound.isBlocked && (
        <button type="button" className={styles.sound} onClick={sound.unlock}>
          {t('Sound is blocked: click once')}
        </button>
      )}
    </footer>
  );
}
