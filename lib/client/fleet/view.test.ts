import { describe, expect, it } from 'vitest';
import type { FleetRow } from '../../contract/stream';
import { DEFAULT_CHOICE, holdOrder, parseChoice, parseFilter, printChoice, viewFleet } from './view';

function row(scope: string, change: Partial<FleetRow> = {}): FleetRow {
  return {
    scope,
    source: 'etcd',
    labels: {},
    revision: 1,
    health: 'ok',
    headline: null,
    impact: null,
    since: null,
    findings: { critical: 0, unknown: 0, warning: 0, note: 0 },
    findingCodes: [],
    leader: null,
    members: [],
    replayLagBytes: 0,
    replayLagOverLimit: false,
    maximumLagOnFailoverBytes: 1048576,
    timeline: 1,
    paused: false,
    pendingRestarts: 0,
    scheduledSwitchoverAt: null,
    writable: true,
    observedAt: 0,
    staleAfterMs: 3000,
    spark: [],
    ...change,
  };
}

const member = (name: string): FleetRow['members'][number] => ({
  name,
  glyph: 'replica',
  clusterRole: 'replica',
  postgresRole: 'replica',
  state: null,
  host: null,
  silent: false,
});

const fleet = [
  row('orders', {
    labels: { env: 'prod' },
    health: 'critical',
    impact: 'data_at_risk',
    findingCodes: ['replica_diverged'],
    members: [member('n5')],
  }),
  row('auth', { labels: { env: 'stage' }, health: 'note', impact: 'note', replayLagBytes: null }),
  row('media', { labels: { env: 'qa' }, replayLagBytes: 2_000_000_000 }),
];
const scopes = (text: string) => viewFleet(fleet, { ...DEFAULT_CHOICE, text }).rows.map((found) => found.scope);

describe('the fleet filter', () => {
  it('takes values of one label as alternatives and words as conditions', () => {
    expect(scopes('env=prod env=stage')).toEqual(['orders', 'auth']);
    expect(scopes('env=prod env=stage auth')).toEqual(['auth']);
    expect(scopes('env=prod region=eu')).toEqual([]);
  });

  it('finds by member, by finding code and by lag; unknown lag matches no bound', () => {
    expect(scopes('N5')).toEqual(['orders']);
    expect(scopes('diverged')).toEqual(['orders']);
    expect(scopes('lag>1GiB')).toEqual(['media']);
    expect(scopes('lag<1KiB')).toEqual(['orders']);
  });

  it('says what it does not understand and ignores it', () => {
    expect(parseFilter('lag>many orders')).toEqual({
      tokens: [{ kind: 'word', text: 'orders' }],
      notices: ['"lag>many" is not understood and ignored; lag>1MiB would be.'],
    });
    const { choice, notices } = parseChoice(new URLSearchParams('sort=best&severity=fatal&q=a'));
    expect(choice).toEqual({ text: 'a', health: null, sort: 'worst' });
    expect(notices).toHaveLength(2);
  });

  it('survives the trip through the address bar', () => {
    const choice = { text: 'env=prod lag>1MiB', health: 'warning', sort: 'lag' } as const;
    expect(parseChoice(new URLSearchParams(printChoice(choice))).choice).toEqual(choice);
    expect(printChoice(DEFAULT_CHOICE)).toBe('');
  });
});

describe('the fleet order', () => {
  it('is worst first, unknown lag before any number', () => {
    expect(scopes('')).toEqual(['orders', 'auth', 'media']);
    const byLag = viewFleet(fleet, { ...DEFAULT_CHOICE, sort: 'lag' }).rows.map((found) => found.scope);
    expect(byLag).toEqual(['auth', 'media', 'orders']);
  });

  it('does not move rows under the pointer', () => {
    const held = holdOrder(viewFleet([...fleet, row('new', { health: 'critical' })], DEFAULT_CHOICE).rows, [
      'media',
      'orders',
      'auth',
    ]);
    expect(held.map((found) => found.scope)).toEqual(['media', 'orders', 'auth', 'new']);
  });

  it('goes by what it costs, then by how long: a warning that stops writes stands above a critical that does not', () => {
    const rows = [
      row('full', { health: 'critical', impact: 'will_stop', since: 1 }),
      row('down', { health: 'critical', impact: 'not_writable', since: 9 }),
      row('longer', { health: 'warning', impact: 'not_writable', since: 5 }),
      row('two', { health: 'critical', impact: 'two_primaries', since: 20 }),
      row('blind', { health: 'unknown', impact: 'unknown', since: 1 }),
    ];
    const order = viewFleet(rows, DEFAULT_CHOICE).rows.map((found) => found.scope);
    expect(order).toEqual(['two', 'longer', 'down', 'full', 'blind']);
  });
});
