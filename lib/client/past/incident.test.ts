import { describe, expect, it } from 'vitest';
import { parseWindow, reportPath, windowAround } from './incident';

const NOW = Date.UTC(2026, 10, 20, 15);
const HOUR = 3_600_000;

describe('the window of an incident', () => {
  it('is the last hour where the address holds none', () => {
    expect(parseWindow(null, null, NOW)).toEqual({ kind: 'window', window: { from: NOW - HOUR, to: NOW } });
  });

  it('takes epoch milliseconds and ISO times, and ends now where it would end later', () => {
    const parsed = parseWindow('2026-11-20T14:30:00Z', String(NOW + HOUR), NOW);
    expect(parsed).toEqual({ kind: 'window', window: { from: NOW - HOUR / 2, to: NOW } });
  });

  it('says which end is no moment', () => {
    expect(parseWindow('yesterday', null, NOW)).toMatchObject({
      kind: 'problem',
      text: expect.stringMatching(/^From: /),
    });
    expect(parseWindow(String(NOW - HOUR), 'soon', NOW)).toMatchObject({ text: expect.stringMatching(/^To: /) });
  });

  it('refuses one that ends before it begins, and one longer than 7 days', () => {
    expect(parseWindow(String(NOW), String(NOW - 1), NOW)).toMatchObject({ kind: 'problem' });
    expect(parseWindow(String(NOW - 8 * 24 * HOUR), String(NOW), NOW)).toMatchObject({
      text: expect.stringContaining('at most 7 days'),
    });
  });

  it('around a moment holds it and never ends ahead of now by more than a minute', () => {
    const { from, to } = windowAround(NOW - 5000, NOW);
    expect(from).toBeLessThan(NOW - 5000);
    expect(to).toBe(NOW + 55_000);
  });

  it('is asked for as a report with the zone of the reader', () => {
    expect(reportPath('a/b', { from: 1, to: 2 }, 'md', 'Europe/Berlin')).toBe(
      '/api/clusters/a%2Fb/incident?from=1&to=2&format=md&zone=Europe%2FBerlin',
    );
  });
});
