'use client';
import type { Care } from '@/lib/client/dcs/care';
import { formatTook } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { FSYNC_ADVISED_MS } from '@/lib/domain/care/advised';
import { measured } from '@/lib/language/quantity';
import { Panel } from '../ui/panel';

const WIDTH = 520;
const HEIGHT = 150;
/** Half minutes of an hour. */
const POINTS = 120;

/** p99 of what the disk of each took for an fsync of the log, of the last hour as far as Howdah looked. */
export function FsyncPanel({ care }: { care: Care }) {
  const members = care.members.filter(({ fsyncMs }) => fsyncMs.some((value) => value !== null));
  const top =
    1.15 * Math.max(2 * FSYNC_ADVISED_MS, ...members.flatMap(({ fsyncMs }) => fsyncMs.map((value) => value ?? 0)));
  const y = (ms: number): number => HEIGHT - (ms / top) * HEIGHT;
  const x = (index: number, length: number): number => ((POINTS - length + index) / (POINTS - 1)) * WIDTH;
  const advised = wire(measured(FSYNC_ADVISED_MS, 'ms'));
  return (
    <Panel
      title={t('WAL fsync, p99')}
      count={t('1 h')}
      aside="wal_fsync_duration_seconds"
      bodyClassName="px-3.5 py-2.5"
    >
      {members.length === 0 ? (
        <p className="text-f2">{t('Counted since a moment ago; a minute makes the first point.')}</p>
      ) : (
        <>
          <div className="relative">
            <svg
              viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
              preserveAspectRatio="none"
              className="block h-[150px] w-full overflow-visible"
              role="img"
              aria-label={t('WAL fsync, p99')}
            >
              <path d={`M0 ${HEIGHT}H${WIDTH}`} className="stroke-l2" vectorEffect="non-scaling-stroke" />
              <path
                d={`M0 ${y(FSYNC_ADVISED_MS)}H${WIDTH}`}
                className="stroke-f3"
                strokeDasharray="5 4"
                vectorEffect="non-scaling-stroke"
              />
              {members.map((member) => (
                <path
                  key={member.key}
                  d={pathOf(member.fsyncMs, (index) => x(index, member.fsyncMs.length), y)}
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="1.5"
                  vectorEffect="non-scaling-stroke"
                  strokeLinecap="round"
                  className={(member.fsync.p99Ms ?? 0) >= FSYNC_ADVISED_MS ? 'text-warning' : 'text-f3'}
                />
              ))}
            </svg>
            <span
              className="absolute right-0 -translate-y-full bg-bg1 px-1 text-11 text-f2"
              style={{ top: `${(y(FSYNC_ADVISED_MS) / HEIGHT) * 100}%` }}
            >
              {t('advised {limit}', { limit: advised })}
            </span>
          </div>
          <ul className="mt-2 flex flex-wrap gap-x-4 text-12">
            {members.map(({ key, name, fsync }) => (
              <li
                key={key}
                className={(fsync.p99Ms ?? 0) >= FSYNC_ADVISED_MS ? 'font-semibold text-warning' : 'text-f1'}
              >
                {name} {fsync.p99Ms === null ? t('unknown') : formatTook(fsync.p99Ms)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function pathOf(values: readonly (number | null)[], x: (index: number) => number, y: (ms: number) => number): string {
  let open = false;
  return values
    .map((value, index) => {
      if (value === null) {
        open = false;
        return '';
      }
      const step = `${open ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      // One point alone is seen too.
      const dot = open ? '' : 'h0.1';
      open = true;
      return step + dot;
    })
    .join(' ');
}
