// When the end of a certificate is news, and how that is said: of a DCS, of a member's REST and of its PostgreSQL alike. Pure.
import { formatMinutes } from '../language/quantity';
import { say, type Text } from '../language/sentence';

const DAY_MS = 86_400_000;
const WARNING_MS = 30 * DAY_MS;
const CRITICAL_MS = 7 * DAY_MS;

/** null: there is time, or it is not known. */
export function severityOfEnd(endsAt: number | null, now: number): 'critical' | 'warning' | null {
  if (endsAt === null || endsAt - now > WARNING_MS) return null;
  return endsAt - now <= CRITICAL_MS ? 'critical' : 'warning';
}

export function endTitle(whose: Text, endsAt: number, now: number): Text {
  if (endsAt <= now) return say`The certificate of ${whose} has ended`;
  return say`The certificate of ${whose} ends in ${formatMinutes(Math.floor((endsAt - now) / 60_000), Math.floor)}`;
}

/** To the second. */
export function endInstant(endsAt: number): string {
  return new Date(endsAt).toISOString().replace(/\.\d+Z$/, 'Z');
}
