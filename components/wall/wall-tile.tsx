import { type CSSProperties, memo } from 'react';
import type { ShownTile } from '@/lib/client/wall/view';
import { formatDuration } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { WallMark, WallTile } from '@/lib/contract/wall';
import { type Health, toneOf } from '@/lib/domain/severity';
import { fitName, textWidth } from '@/lib/telling/wall/fit-name';
import type { Place } from '@/lib/telling/wall/honeycomb';
import { isProblem } from '@/lib/telling/wall/wall';
import { SeverityIcon } from '../ui/glyph';
import { Icon, type IconName } from '../ui/icon';
import { Hex } from './hex';
import styles from './wall.module.css';

/** From here a healthy tile has room for more than its name. */
const ROOMY = 190;
/** Of the width of a tile, what text may take where it is widest. */
const USABLE = 0.9;
/** No text is smaller, px of a 1920 x 1080 screen. */
const LEAST = 22;

const MARK_ICONS: Readonly<Record<WallMark, IconName>> = {
  paused: 'pause',
  maintenance: 'rolling',
  pending_restart: 'restart',
  scheduled: 'calendar',
  new_timeline: 'switch',
};

function markWords(mark: WallMark): string {
  switch (mark) {
    case 'paused':
      return t('paused');
    case 'maintenance':
      return t('maintenance');
    case 'pending_restart':
      return t('pending restart');
    case 'scheduled':
      return t('scheduled');
    case 'new_timeline':
      return t('new timeline');
  }
}

function wasWords(health: Health): string {
  switch (health) {
    case 'critical':
      return t('was critical');
    case 'unknown':
      return t('was unknown');
    case 'warning':
      return t('was warning');
    default:
      return t('was healthy');
  }
}

interface TileProps {
  readonly shown: ShownTile;
  readonly place: Place;
  readonly isLost: boolean;
  /** How long it has lasted, in words; null: not known. */
  readonly age: string | null;
}

export const Tile = memo(function Tile({ shown, place, isLost, age }: TileProps) {
  const { tile, health, freshness } = shown;
  const isLarge = place.kind === 'large';
  const problem = isProblem({ health });
  const wanted = isLarge
    ? bound(24, 0.142 * place.width, 46)
    : bound(place.width < 118 ? 22 : 24, 0.15 * place.width, 44);
  const room = USABLE * place.width;
  // Rather a little smaller than broken.
  const nameSize = textWidth(tile.scope, LEAST) <= room ? fitting(tile.scope, wanted, room) : wanted;
  return (
    <li
      className={`${styles.tile} ${lookOf(health, isLost)} ${freshness === 'stale' ? styles.stale : ''}`}
      data-health={health}
      style={
        {
          left: px(place.x),
          top: px(place.y),
          width: px(place.width),
          height: px(place.height),
          '--sign-size': px(isLarge ? bound(30, 0.18 * place.width, 64) : 26),
        } as CSSProperties
      }
    >
      <Hex width={place.width} height={place.height} line={problem || isLost ? 3.5 : 1.5} />
      <div className={styles.inside}>
        {problem && <SeverityIcon health={isLost ? 'unknown' : health} className={styles.sign ?? ''} />}
        <p className={styles.name} style={{ fontSize: px(nameSize) }}>
          {fitName(tile.scope, room, nameSize).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one name
            <span key={index} className="block">
              {line}
            </span>
          ))}
        </p>
        {isLarge && (
          <Words
            tile={tile}
            health={health}
            isLost={isLost}
            isOld={freshness === 'was'}
            age={age}
            room={room}
            size={bound(24, 0.122 * place.width, 40)}
          />
        )}
        {!problem && isLost && (
          <p className={styles.second} style={{ fontSize: px(22) }}>
            <span aria-hidden="true">?</span>
            <span className="sr-only">{t('unknown')}</span>
          </p>
        )}
        {!problem && !isLost && <Calm tile={tile} width={place.width} />}
      </div>
    </li>
  );
}, isSame);

/** Each second all tiles are looked at again; few of them have changed. */
function isSame(a: TileProps, b: TileProps): boolean {
  return (
    a.shown.tile === b.shown.tile &&
    a.shown.health === b.shown.health &&
    a.shown.freshness === b.shown.freshness &&
    a.place === b.place &&
    a.isLost === b.isLost &&
    a.age === b.age
  );
}

interface WordsProps {
  readonly tile: WallTile;
  readonly health: Health;
  readonly isLost: boolean;
  readonly isOld: boolean;
  readonly age: string | null;
  /** Width of a line. */
  readonly room: number;
  readonly size: number;
}

function Words({ tile, health, isLost, isOld, age, room, size }: WordsProps) {
  // Known not to answer, it has its own words; what only grew old was something else before.
  const wasOther = isLost || (isOld && health === 'unknown' && tile.health !== 'unknown');
  const words = wasOther ? t('unknown') : tile.words === null ? t('unknown') : wire(tile.words);
  // Words of two lines leave no place for how long it has lasted: the card says it.
  const second = wasOther ? wasWords(tile.health) : textWidth(words, LEAST) <= room ? age : null;
  return (
    <>
      <p className={styles.words} style={{ fontSize: px(fitting(words, size, room)) }}>
        {words}
      </p>
      {second !== null && (
        <p className={styles.second} style={{ fontSize: px(fitting(second, size, room)) }}>
          {second}
        </p>
      )}
    </>
  );
}

function Calm({ tile, width }: { readonly tile: WallTile; readonly width: number }) {
  const isRoomy = width >= ROOMY;
  const size = bound(LEAST, 0.085 * width, 34);
  return (
    <>
      {isRoomy && tile.leader !== null && (
        <p className={styles.second} style={{ fontSize: px(size) }}>
          {t('leader {name}', { name: tile.leader })}
        </p>
      )}
      {isRoomy && tile.lag !== null && (
        <p className={styles.second} style={{ fontSize: px(size) }}>
          {t('lag {lag}', { lag: wire(tile.lag) })}
        </p>
      )}
      {tile.marks.length > 0 && (
        <p className={styles.marks}>
          {tile.marks.map((mark) => (
            <span key={mark}>
              <Icon name={MARK_ICONS[mark]} className={styles.mark ?? ''} />
              <span className="sr-only">{markWords(mark)}</span>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

/** The second line of a tile. */
export function ageOf({ tile, health }: ShownTile, now: number): string | null {
  return isProblem({ health }) && tile.since !== null ? formatDuration(now - tile.since) : null;
}

/** The style of a tile. */
export function lookOf(health: Health, isLost: boolean): string {
  return styles[isLost ? 'lost' : toneOf(health)] ?? '';
}

/** Of a 1920 x 1080 screen. */
export function px(value: number): string {
  return `calc(var(--u) * ${Math.round(value * 100) / 100})`;
}

/** As large as one line allows, and never smaller than can be read. */
function fitting(text: string, size: number, room: number): number {
  return bound(LEAST, (size * room) / Math.max(room, textWidth(text, size)), size);
}

function bound(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
