// Instants in one person's zone, with the offset said: a report is read in other zones than it was made in. Pure; an unknown
// zone is UTC, and the report then says UTC.

export interface Clock {
  /** `Europe/Berlin`, `UTC`. */
  readonly zone: string;
  /** `2026-11-21 14:03:12 +01:00`. */
  readonly stamp: (at: number) => string;
  /** `14:03:12`; with the day where the window touches two, with the offset where it touches two of those. */
  readonly time: (at: number) => string;
  /** `14:03`, for axes. */
  readonly minute: (at: number) => string;
  /** `2026-11-21`. */
  readonly day: (at: number) => string;
  /** `+01:00`. */
  readonly offset: (at: number) => string;
}

interface Parts {
  readonly day: string;
  readonly time: string;
  readonly offset: string;
}

function formatter(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
}

function formatterOf(zone: string): { readonly zone: string; readonly format: Intl.DateTimeFormat } {
  try {
    return { zone, format: formatter(zone) };
  } catch {
    return { zone: 'UTC', format: formatter('UTC') };
  }
}

/** `zone`: an IANA name. `from` and `to`: the window that is told about. */
export function clockOf(zone: string, from: number, to: number): Clock {
  const chosen = formatterOf(zone);
  const parts = (at: number): Parts => {
    const found = new Map(chosen.format.formatToParts(at).map(({ type, value }) => [type, value]));
    const get = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
    const offset = get('timeZoneName').replace(/^(GMT|UTC)/, '');
    return {
      day: `${get('year')}-${get('month')}-${get('day')}`,
      time: `${get('hour')}:${get('minute')}:${get('second')}`,
      offset: offset === '' ? '+00:00' : offset,
    };
  };
  const [first, last] = [parts(from), parts(to)];
  const isOneOffset = first.offset === last.offset;
  const time = (at: number): string => {
    const { day, time: clock, offset } = parts(at);
    const date = first.day === last.day && day === first.day ? '' : `${day} `;
    return `${date}${clock}${isOneOffset && offset === first.offset ? '' : ` ${offset}`}`;
  };
  return {
    zone: chosen.zone,
    stamp: (at) => {
      const { day, time: clock, offset } = parts(at);
      return `${day} ${clock} ${offset}`;
    },
    time,
    minute: (at) => parts(at).time.slice(0, 5),
    day: (at) => parts(at).day,
    offset: (at) => parts(at).offset,
  };
}
