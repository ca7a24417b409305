import { useMemo } from 'react';
import type { ShownTile, WallView } from '@/lib/client/wall/view';
import { t, tn } from '@/lib/client/words/text';
import { LOUD, type Tone, toneOf } from '@/lib/domain/severity';
import { type Area, honeycomb, type Place } from '@/lib/telling/wall/honeycomb';
import { SeverityIcon } from '../ui/glyph';
import { Hatches, Hex } from './hex';
import styles from './wall.module.css';
import { ageOf, lookOf, px, Tile } from './wall-tile';

interface CombProps {
  readonly view: WallView;
  readonly area: Area;
  readonly now: number;
}

export function Comb({ view, area, now }: CombProps) {
  const { problems, healthy, lostSince } = view;
  const { width, height } = area;
  const { places, fold } = useMemo(
    () => honeycomb({ width, height }, problems.length, healthy.length),
    [width, height, problems.length, healthy.length],
  );
  const all = [...problems, ...healthy].flatMap((shown, index) => {
    const place = places[index];
    return place === undefined ? [] : [{ shown, place }];
  });
  const named = all.filter(({ place }) => place.kind !== 'dot');
  const folded = all.filter(({ place }) => place.kind === 'dot');
  if (all.length === 0) return <p className={styles.nothing}>{t('No cluster is on this wall.')}</p>;
  return (
    <div className={styles.comb} style={{ width: px(width), height: px(height) }}>
      <Hatches />
      <ul aria-label={t('Clusters, worst first')}>
        {named.map(({ shown, place }) => (
          <Tile
            key={shown.tile.scope}
            shown={shown}
            place={place}
            isLost={lostSince !== null}
            age={place.kind === 'large' && lostSince === null ? ageOf(shown, now) : null}
          />
        ))}
      </ul>
      {fold !== null && <Folded folded={folded} y={fold.y} isLost={lostSince !== null} />}
    </div>
  );
}

interface FoldedProps {
  readonly folded: readonly { readonly shown: ShownTile; readonly place: Place }[];
  readonly y: number;
  readonly isLost: boolean;
}

/** Those without a tile of their own: counted, and each a dot. */
function Folded({ folded, y, isLost }: FoldedProps) {
  const counts = [...LOUD, 'plain' as const]
    .map((tone) => ({
      tone,
      count: folded.filter(({ shown }) => toneOf(shown.health) === tone).length,
    }))
    .filter(({ count }) => count > 0);
  return (
    <>
      <p className={styles.folded} style={{ top: px(y) }}>
        <span>{t('and')}</span>
        {isLost ? (
          <span>{tn(folded.length, '{n} unknown', '{n} unknown')}</span>
        ) : (
          counts.map(({ tone, count }) => (
            <span key={tone} className="flex items-center gap-[0.4em]">
              {tone !== 'plain' && <SeverityIcon health={tone} className={styles.small ?? ''} />}
              {countWords(tone, count)}
            </span>
          ))
        )}
      </p>
      <div aria-hidden="true">
        {folded.map(({ shown, place }) => (
          <span
            key={shown.tile.scope}
            className={`${styles.tile} ${styles.dot} ${lookOf(shown.health, isLost)}`}
            style={{ left: px(place.x), top: px(place.y), width: px(place.width), height: px(place.height) }}
          >
            <Hex width={place.width} height={place.height} line={2} />
          </span>
        ))}
      </div>
    </>
  );
}

function countWords(tone: Tone, count: number): string {
  switch (tone) {
    case 'critical':
      return tn(count, '{n} critical', '{n} critical');
    case 'unknown':
      return tn(count, '{n} unknown', '{n} unknown');
    case 'warning':
      return tn(count, '{n} warning', '{n} warning');
    case 'plain':
      return tn(count, '{n} healthy', '{n} healthy');
  }
}
