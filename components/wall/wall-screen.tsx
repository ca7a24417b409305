'use client';
import { type CSSProperties, useMemo } from 'react';
import { useNow } from '@/lib/client/live/clock';
import { useAlarm, useAwake, useWall, useWallLanguage, useWindowSize } from '@/lib/client/wall/browser';
import type { WallConnection } from '@/lib/client/wall/stream';
import { scaleOf, shiftAt, viewWall } from '@/lib/client/wall/view';
import { t } from '@/lib/client/words/text';
import type { WallEnd, WallLook } from '@/lib/contract/wall';
import { Comb } from './comb';
import { ProblemCards } from './problem-cards';
import { Ticker } from './ticker';
import styles from './wall.module.css';
import { LostBanner, WallHeader } from './wall-header';

/** Lengths of a 1920 x 1080 screen. */
const MARGIN = 44;
const CARDS_WIDTH = 560;
const COLUMN_GAP = 36;
const HEADER = 144;
const TICKER = 72;
const CARDS_ABOVE = 410;
/** Narrower, the cards stand above the tiles, one at a time. */
const NARROW = 1500;
/** Below the header's clock and counts no two of them fit on a line. */
const THIN = 1000;

interface WallProps {
  readonly wallKey: string;
  readonly build: string;
  readonly look: Pick<WallLook, 'theme' | 'language'> & { readonly version: string };
}

export function WallScreen({ wallKey, build, look }: WallProps) {
  const isReady = useWallLanguage(look.language, look.version);
  const connection = useWall(wallKey, build);
  const { width, height } = useWindowSize();
  useAwake();
  if (!isReady || width === 0) return <main className={styles.root} data-theme={look.theme} aria-busy="true" />;
  const scale = scaleOf(width, height);
  return (
    <main
      className={styles.root}
      data-theme={look.theme}
      lang={look.language}
      data-phase={connection.phase}
      style={{ '--u': `${scale}px` } as CSSProperties}
    >
      {connection.state.end === null ? (
        <Board connection={connection} width={width / scale} height={height / scale} />
      ) : (
        <Ended end={connection.state.end} />
      )}
    </main>
  );
}

interface BoardProps {
  readonly connection: WallConnection;
  readonly width: number;
  readonly height: number;
}

function Board({ connection, width, height }: BoardProps) {
  const { state, phase, lastFrameAt } = connection;
  const now = useNow();
  const sound = useAlarm(state.wall?.sound === true, state.alarms);
  const lostAt = phase === 'lost' ? (lastFrameAt ?? 0) : null;
  const { tiles, seenAt } = state;
  const view = useMemo(() => viewWall({ tiles, seenAt }, now, lostAt), [tiles, seenAt, now, lostAt]);
  const isNarrow = width < NARROW;
  const area = {
    width: isNarrow ? width - 2 * MARGIN : width - 2 * MARGIN - CARDS_WIDTH - COLUMN_GAP,
    height: height - HEADER - TICKER - (isNarrow ? CARDS_ABOVE : 0) - (width < THIN ? HEADER : 0),
  };
  const shift = shiftAt(now);
  const isLost = view.lostSince !== null;
  const hasCome = state.wall !== null;
  return (
    <div
      className={`${styles.frame} ${isLost ? styles.red : ''}`}
      style={{ '--x': shift.x, '--y': shift.y } as CSSProperties}
    >
      {isLost ? (
        <LostBanner connection={connection} since={hasCome ? view.lostSince : null} />
      ) : (
        <WallHeader view={view} beats={state.beats} isWrapped={isNarrow} />
      )}
      <div className={`${styles.stage} ${isNarrow ? styles.narrow : ''}`}>
        {hasCome ? (
          <>
            <Comb view={view} area={area} now={now} />
            <ProblemCards problems={state.problems} view={view} atOnce={isNarrow ? 1 : 2} />
          </>
        ) : (
          !isLost && <p className={styles.nothing}>{t('Waiting for the first answers')}</p>
        )}
      </div>
      <Ticker events={hasCome ? state.events : null} lostSince={hasCome ? view.lostSince : null} sound={sound} />
    </div>
  );
}

function endWords(end: WallEnd): string {
  switch (end) {
    case 'revoked':
      return t('This link was revoked');
    case 'expired':
      return t('This link has expired');
    case 'unknown':
      return t('There is no such wall');
  }
}

function Ended({ end }: { readonly end: WallEnd }) {
  return (
    <div className={styles.ended} role="alert">
      <h1 className={styles.headline}>{endWords(end)}</h1>
      <p>{t('Nothing is shown. An admin of Howdah can make a new link.')}</p>
    </div>
  );
}
