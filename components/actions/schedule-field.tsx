'use client';
import { formatAway, formatUtc, fromLocalInput, offsetText, toLocalInput } from '@/lib/client/actions/times';
import { useNow } from '@/lib/client/live/clock';
import { formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { TextField } from '../ui/field';

interface ScheduleFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A time in this browser's zone; what it means elsewhere, and how far away it is, stands below. */
export function ScheduleField({ label, value, onChange }: ScheduleFieldProps) {
  const now = useNow();
  const time = fromLocalInput(value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const past = time !== null && now > 0 && time.at <= now;
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={value}
      min={toLocalInput(now)}
      onChange={onChange}
      note={
        time === null ? (
          t('In {zone}, now {offset}.', { zone, offset: offsetText(now) })
        ) : (
          <>
            <b className="font-semibold text-f0">
              {formatTime(time.at, now)} {offsetText(time.at)}
            </b>{' '}
            ({zone}), {formatUtc(time.at)},{' '}
            <span className={past ? 'text-warning' : ''}>
              {past ? t('in the past: {away}', { away: formatAway(time.at, now) }) : formatAway(time.at, now)}
            </span>
          </>
        )
      }
    />
  );
}
