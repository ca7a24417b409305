import { describe, expect, it } from 'vitest';
import { eventsPath, incidentPath, momentInput, momentPath, parseMoment, readMomentInput } from './moment';

const NOW = Date.UTC(2026, 10, 21, 14, 0, 0);
const at = (text: string, now = NOW) => {
  const parsed = parseMoment(text, now);
  return parsed.kind === 'moment' ? parsed.at : parsed.text;
};

describe('parseMoment', () => {
  it('reads epoch milliseconds and ISO times, also with a plus sign that became a space', () => {
    expect(at(String(NOW - 5000))).toBe(NOW - 5000);
    expect(at('2026-11-21T13:00:00Z')).toBe(NOW - 3_600_000);
    expect(at('2026-11-21T15:00:00+02:00')).toBe(NOW - 3_600_000);
    expect(at('2026-11-21T15:00:00 02:00')).toBe(NOW - 3_600_000);
  });

  it('says what is wrong with everything else', () => {
    expect(at('yesterday')).toMatch(/"yesterday" is not a time/);
    expect(at('')).toMatch(/No moment/);
    expect(at('12:00')).toMatch(/not a time/);
    expect(at('-5')).toMatch(/not a time/);
    expect(at('1e3')).toMatch(/not a time/);
    expect(at(String(Math.floor(NOW / 1000)))).toMatch(/Seconds instead of milliseconds/);
    expect(at(String(NOW + 60_000))).toMatch(/future/);
    expect(at('2026-13-45T99:00:00Z')).toMatch(/not a time/);
    expect(at('9'.repeat(17), 0)).toMatch(/future/);
  });

  it('does not know the future before it knows the time', () => {
    expect(at(String(NOW + 60_000), 0)).toBe(NOW + 60_000);
  });
});

describe('fields and paths', () => {
  it('a field gives back the second it was filled with', () => {
    expect(readMomentInput(momentInput(NOW))).toBe(NOW);
    expect(readMomentInput('')).toBeNull();
    expect(readMomentInput('2026-')).toBeNull();
  });

  it('escapes the scope and rounds the moment', () => {
    expect(momentPath('a/b', 12.6)).toBe('/clusters/a%2Fb?at=13');
    expect(incidentPath('a', 1, 2)).toBe('/clusters/a/incident?from=1&to=2');
    expect(eventsPath(null)).toBe('/events');
    expect(eventsPath('a', 5)).toBe('/clusters/a/events?from=5');
  });
});
