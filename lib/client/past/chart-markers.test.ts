import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../domain/events';
import { chartMarkers } from './chart-markers';

const event = (at: number, kind: ClusterEvent['kind'], text: string): ClusterEvent => ({
  id: `${at}${kind}`,
  at,
  by: 'seen',
  notBefore: null,
  kind,
  severity: null,
  member: null,
  code: null,
  members: [],
  text,
});
const WINDOW = { from: 0, to: 1000 };

describe('chartMarkers', () => {
  it('folds what lies close together and calls it by what matters most', () => {
    const events = [
      event(500, 'leader_changed', 'n1 leads'),
      event(495, 'finding_raised', 'no leader'),
      event(505, 'config_changed', 'ttl'),
      event(900, 'paused', 'paused'),
    ];
    const markers = chartMarkers(events, WINDOW, 1000, 90);
    expect(markers.map((marker) => [marker.at, marker.words, marker.events.length])).toEqual([
      [495, 'n1 leads, 2 more', 3],
      [900, 'paused', 1],
    ]);
    expect(markers[0]?.events.map((one) => one.at)).toEqual([495, 500, 505]);
  });

  it('shows words only where the words before have ended, and cuts what has no room', () => {
    const events = [
      event(100, 'leader_changed', 'n1 leads, after n2'),
      event(140, 'paused', 'paused: no automatic failover'),
      event(400, 'config_changed', 'dynamic configuration changed: ttl, loop_wait, retry_timeout'),
    ];
    const markers = chartMarkers(events, WINDOW, 500, 40);
    expect(markers.map((marker) => marker.label === '')).toEqual([true, false, false]);
    expect(markers[2]?.label).toMatch(/^dynamic configuration.*…$/);
    for (const marker of markers) expect(marker.x + marker.label.length * 6.2).toBeLessThanOrEqual(541);
  });

  it('marks nothing outside of the window, and no kind that a chart does not need', () => {
    const events = [
      event(-1, 'paused', 'before'),
      event(1001, 'paused', 'after'),
      event(500, 'state_changed', 'n2: running to streaming'),
      event(500, 'finding_cleared', 'over'),
    ];
    expect(chartMarkers(events, WINDOW, 500, 40)).toEqual([]);
    expect(chartMarkers([event(5, 'paused', 'x')], WINDOW, 0, 0)).toEqual([]);
  });
});
