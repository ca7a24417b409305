import { useNow } from '@/lib/client/live/clock';
import { CARDS_AT_ONCE, pageAt, type WallView } from '@/lib/client/wall/view';
import { formatDuration, formatMinute, formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { WallProblem } from '@/lib/contract/wall';
import { cutMiddle, textWidth } from '@/lib/telling/wall/fit-name';
import { Glyph, SeverityIcon } from '../ui/glyph';
import styles from './wall.module.css';
import { Pulse } from './wall-header';
import { px } from './wall-tile';

/** Of the number's line, without the gap. */
const FIGURE_WIDTH = 470;
const NUMBER = { most: 74, least: 48 } as const;
/** Of a card's first line, without its sign, px of a 1920 x 1080 screen. */
const TITLE_WIDTH = 425;
/** More pages than these are counted instead of dotted. */
const DOTS_MAX = 10;

interface CardsProps {
  readonly problems: readonly WallProblem[];
  readonly view: WallView;
  /** How many fit at once. */
  readonly atOnce: number;
}

export function ProblemCards({ problems, view, atOnce }: CardsProps) {
  const now = useNow();
  const lost = view.lostSince;
  const size = Math.min(atOnce, CARDS_AT_ONCE);
  const pages = Math.ceil(problems.length / size);
  const page = pageAt(now, pages);
  const first = page * size;
  const shown = problems.slice(first, first + size);
  return (
    <section className={styles.cards} aria-label={t('Problems')}>
      {lost === null ? (
        <p className={styles.caption}>
          <span>{captionOf(first, shown.length, view)}</span>
          {pages > 1 && pages <= DOTS_MAX && <Dots pages={pages} page={page} />}
          {pages > DOTS_MAX && <span>{t('{page} of {pages}', { page: page + 1, pages })}</span>}
        </p>
      ) : (
        <p className={styles.caption}>
          <span>{t('As of {time}, {age} ago', { time: formatTime(lost, now), age: formatDuration(now - lost) })}</span>
          <span className="text-critical">
            <Pulse beats={0} isFlat />
          </span>
        </p>
      )}
      {shown.map((problem) => (
        <Card key={problem.scope} problem={problem} lostSince={lost} now={now} />
      ))}
      {shown.length === 0 && lost === null && view.problems.length === 0 && <CalmCard view={view} />}
    </section>
  );
}

function captionOf(first: number, count: number, { problems }: WallView): string {
  const total = problems.length;
  if (total === 0) return t('No problems');
  if (count <= 1) return t('Problem {first} of {total}', { first: first + 1, total });
  return t('Problems {first} and {last} of {total}', { first: first + 1, last: first + count, total });
}

function Dots({ pages, page }: { readonly pages: number; readonly page: number }) {
  return (
    <svg
      viewBox={`0 0 ${pages * 24} 16`}
      aria-hidden="true"
      className={styles.dots}
      style={{ aspectRatio: `${pages * 24} / 16` }}
    >
      {Array.from({ length: pages }, (_, index) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its place
          key={index}
          cx={12 + index * 24}
          cy="8"
          r="5.5"
          stroke="currentColor"
          strokeWidth="1.6"
          fill={index === page ? 'currentColor' : 'none'}
        />
      ))}
    </svg>
  );
}

interface CardProps {
  readonly problem: WallProblem;
  readonly lostSince: number | null;
  readonly now: number;
}

function Card({ problem, lostSince, now }: CardProps) {
  if (lostSince !== null) return <LostCard problem={problem} lostSince={lostSince} />;
  const { scope, health, label, number, numberWords, since, members, more, failover } = problem;
  const [head, rest] = split(unbroken(wire(failover)));
  return (
    <article className={`${styles.card} ${styles[`card-${health}`]}`}>
      <header className={styles.title}>
        <SeverityIcon health={health} className={styles.badge ?? ''} />
        <h2 className={styles.scope}>{nameBeside(scope, wire(label))}</h2>
        <p className={`${styles.label} ${styles[`text-${health}`]}`}>{label}</p>
      </header>
      <Figure number={number === null ? formatDuration(now - since) : wire(number)} words={wire(numberWords)} />
      <ul className={styles.members}>
        {members.map(({ glyph, tone, names, text }) => (
          <li key={`${names} ${text}`} className={tone === 'plain' ? '' : styles[`text-${tone}`]}>
            <Glyph glyph={glyph} className={styles.role ?? ''} />
            <b>{names}</b> {text}
          </li>
        ))}
        {more > 0 && <li>{tn(more, 'and {n} more', 'and {n} more')}</li>}
      </ul>
      <p className={styles.failover}>
        {rest === null ? (
          head
        ) : (
          <>
            <b>{head}</b> {rest}
          </>
        )}
      </p>
      <p className={styles.since}>
        {t('since {time}, {duration}', { time: startOf(since, now), duration: formatDuration(now - since) })}
      </p>
    </article>
  );
}

/** The one number, as large as it and its words allow. */
function Figure({ number, words }: { readonly number: string; readonly words: string }) {
  const room = FIGURE_WIDTH - textWidth(words, 29);
  const size = Math.min(NUMBER.most, Math.max(NUMBER.least, (NUMBER.most * room) / textWidth(number, NUMBER.most)));
  return (
    <p className={styles.figure}>
      <b style={{ fontSize: px(size) }}>{number}</b>
      <span>{words}</span>
    </p>
  );
}

/** A quantity stays on one line with its unit. */
function unbroken(text: string): string {
  return text.replace(/(\d) (?=\p{L})/gu, '$1\u00a0');
}

/** What was known when it was last seen. Nothing of it is drawn as if it still were. */
function LostCard({ problem, lostSince }: { readonly problem: WallProblem; readonly lostSince: number }) {
  const { scope, label, number, numberWords, since, members } = problem;
  const was = t('was: {state}', { state: wire(label) });
  return (
    <article className={styles.card}>
      <header className={styles.title}>
        <SeverityIcon health="unknown" className={`${styles.badge} ${styles.pale}`} />
        <h2 className={styles.scope}>{nameBeside(scope, was)}</h2>
        <p className={styles.label}>{was}</p>
      </header>
      <p className={`${styles.figure} ${styles.pale}`}>
        <b>{t('unknown')}</b>
      </p>
      <p className={styles.last}>
        {t('When last seen: {number} {words}', {
          number: number === null ? formatDuration(lostSince - since) : wire(number),
          words: wire(numberWords),
        })}
      </p>
      {members.slice(0, 3).map(({ names, text }) => (
        <p key={`${names} ${text}`} className={styles.last}>
          {t('was: {state}', { state: `${names} ${text}` })}
        </p>
      ))}
    </article>
  );
}

/** Nobody is needed: what there is to know besides. */
function CalmCard({ view }: { readonly view: WallView }) {
  const tiles = view.healthy.map(({ tile }) => tile);
  const count = (mark: (typeof tiles)[number]['marks'][number]): number =>
    tiles.filter(({ marks }) => marks.includes(mark)).length;
  const [paused, worked, pending, scheduled, promoted] = [
    count('paused'),
    count('maintenance'),
    count('pending_restart'),
    count('scheduled'),
    count('new_timeline'),
  ];
  return (
    <article className={styles.card}>
      <p className={styles.figure}>
        <b>{tiles.length}</b>
        <span>{tn(tiles.length, 'cluster needs nobody', 'clusters need nobody')}</span>
      </p>
      {promoted > 0 && <p className={styles.last}>{tn(promoted, '{n} new timeline', '{n} new timelines')}</p>}
      {pending > 0 && <p className={styles.last}>{tn(pending, '{n} pending restart', '{n} pending restarts')}</p>}
      {scheduled > 0 && <p className={styles.last}>{tn(scheduled, '{n} scheduled', '{n} scheduled')}</p>}
      {worked > 0 && <p className={styles.last}>{tn(worked, '{n} in maintenance', '{n} in maintenance')}</p>}
      {paused > 0 && <p className={styles.last}>{tn(paused, '{n} paused', '{n} paused')}</p>}
    </article>
  );
}

/** What the label leaves of the line. */
function nameBeside(scope: string, label: string): string {
  return cutMiddle(scope, Math.max(120, TITLE_WIDTH - textWidth(label, 27)), 38);
}

function split(text: string): readonly [string, string | null] {
  const at = text.indexOf(': ');
  return at < 0 ? [text, null] : [text.slice(0, at + 1), text.slice(at + 2)];
}

function startOf(since: number, now: number): string {
  return now - since < 86_400_000 ? formatMinute(since) : formatTime(since, now);
}
