import { useNow } from '@/lib/client/live/clock';
import type { WallConnection } from '@/lib/client/wall/stream';
import type { WallView } from '@/lib/client/wall/view';
import { formatAge, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { LOUD } from '@/lib/domain/severity';
import { SeverityIcon } from '../ui/glyph';
import { rich } from '../ui/rich';
import styles from './wall.module.css';

const PULSE = 'M0 16h32l4-5 6 13 7-24 8 31 6-15h17l4-5 6 13 7-24 8 31 6-15h17';
const FLAT = 'M0 16h134';

/** Wall clocks have no seconds to lose: it goes on whatever happens to the stream. */
function Clock() {
  const now = useNow();
  const date = new Date(now);
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return (
    <time className={styles.clock} dateTime={date.toISOString()} aria-live="off">
      {text.join(':')}
    </time>
  );
}

/** Moves once for each frame that brought data, and never by itself. */
export function Pulse({ beats, isFlat }: { readonly beats: number; readonly isFlat: boolean }) {
  return (
    <svg viewBox="0 -2 144 36" fill="none" aria-hidden="true" className={styles.pulse}>
      {!isFlat && <path d={PULSE} className="stroke-f3" strokeWidth="2.4" />}
      <path
        key={isFlat ? 'flat' : beats}
        d={isFlat ? FLAT : PULSE}
        pathLength={isFlat ? undefined : '36'}
        stroke="currentColor"
        strokeWidth="2.6"
        className={isFlat ? '' : 'beat'}
      />
      <circle cx="138" cy="16" r="4.5" fill="currentColor" />
    </svg>
  );
}

function words(health: (typeof LOUD)[number] | 'healthy'): string {
  switch (health) {
    case 'critical':
      return t('critical');
    case 'unknown':
      return t('unknown');
    case 'warning':
      return t('warning');
    case 'healthy':
      return t('healthy');
  }
}

interface HeaderProps {
  readonly view: WallView;
  readonly beats: number;
  /** The screen is too narrow for one line. */
  readonly isWrapped: boolean;
}

export function WallHeader({ view, beats, isWrapped }: HeaderProps) {
  const now = useNow(100);
  const { counts, dataAt } = view;
  return (
    <header className={`${styles.header} ${isWrapped ? styles.wrapped : ''}`}>
      <Clock />
      <ul className={styles.counts} aria-label={t('Clusters by state')}>
        {LOUD.filter((health) => counts[health] > 0).map((health) => (
          <li key={health} className={styles.count}>
            <SeverityIcon health={health} className={styles.counted ?? ''} />
            <span className={`${styles.number} ${styles[`text-${health}`]}`}>{counts[health]}</span>
            <span className={styles.counted}>{words(health)}</span>
          </li>
        ))}
        <li className={styles.count}>
          <span className={`${styles.number} text-f2`}>{counts.healthy}</span>
          <span>{words('healthy')}</span>
        </li>
      </ul>
      <p className={styles.age}>
        <Pulse beats={beats} isFlat={false} />
        <span>
          {dataAt === null
            ? t('no data yet')
            : rich('data {age} old', { age: <b key="age">{formatAge(Math.max(0, now - dataAt))}</b> })}
        </span>
      </p>
    </header>
  );
}

interface LostProps {
  readonly connection: WallConnection;
  /** Server time of what is shown; null: nothing came yet. */
  readonly since: number | null;
}

export function LostBanner({ connection, since }: LostProps) {
  const now = useNow();
  const { phase, attempt, retryAt } = connection;
  return (
    <div className={styles.banner} role="alert">
      <SeverityIcon health="critical" className={styles.alarm ?? ''} />
      <h1 className={styles.headline} aria-live="off">
        {since === null
          ? t('No answer from Howdah yet')
          : t('No data for {duration}', { duration: formatDuration(now - since) })}
      </h1>
      <div className={styles.reasons} aria-live="off">
        <p>
          {since === null
            ? t('Nothing is known.')
            : t('Nothing below is current. Last seen {time}.', { time: formatTime(since, now) })}
        </p>
        <p>
          {phase === 'open'
            ? t('Howdah answers; what it watches with does not.')
            : retryAt === null
              ? t('Reconnecting, try {attempt}', { attempt: attempt + 1 })
              : t('Reconnecting, try {attempt}, next in {wait}', {
                  attempt: attempt + 1,
                  wait: formatDuration(Math.max(0, retryAt - now)),
                })}
        </p>
      </div>
      <Clock />
    </div>
  );
}
