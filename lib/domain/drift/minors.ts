// The newest minor release of each PostgreSQL that is known here, and when a major ends: data with its date. A server may run a newer
// one than stands here; then nothing is said against it.

/** Which day this list tells of. */
export const MINORS_AS_OF = '2026-11-30';

export interface Major {
  readonly major: number;
  readonly minor: number;
  /** The day after which nobody mends it (postgresql.org/support/versioning). */
  readonly endsOn: string;
}

/** 15 and 17 as Debian's security updates have them on that day, the others as released on 2026-05-14; 13 has ended. */
const MAJORS: readonly Major[] = [
  { major: 13, minor: 23, endsOn: '2025-11-13' },
  { major: 14, minor: 23, endsOn: '2026-11-12' },
  { major: 15, minor: 20, endsOn: '2027-11-11' },
  { major: 16, minor: 14, endsOn: '2028-11-09' },
  { major: 17, minor: 12, endsOn: '2029-11-08' },
  { major: 18, minor: 4, endsOn: '2030-11-14' },
];

export interface Release {
  readonly major: number;
  readonly minor: number;
}

/** `15.18 (Debian 15.18-1)` -> 15 and 18; null: no release, a beta for one. */
export function releaseOf(version: string | null): Release | null {
  const [, major, minor] = /^(\d{2})\.(\d{1,3})(?![\d.])/.exec(version ?? '') ?? [];
  return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) };
}

/** The newest of its major; null: it is that, or newer, or nobody knows the major here. */
export function newerMinor(version: string | null): string | null {
  const release = releaseOf(version);
  const known = MAJORS.find(({ major }) => major === release?.major);
  if (release === null || known === undefined || release.minor >= known.minor) return null;
  return `${known.major}.${known.minor}`;
}

/** The day on which its major ended; null: it has not at that moment, or nobody knows. */
export function endedOn(version: string | null, now: number): string | null {
  const release = releaseOf(version);
  const known = MAJORS.find(({ major }) => major === release?.major);
  return known !== undefined && now > Date.parse(`${known.endsOn}T23:59:59Z`) ? known.endsOn : null;
}
