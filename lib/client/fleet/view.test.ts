import { describe, expect, it } from 'vitest';
import type { FleetRow } from '../../contract/stream';
import { columnTracks } from './columns';
import { fleetLines } from './lines';
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
    expect(choice).toEqual({ ...DEFAULT_CHOICE, text: 'a' });
    expect(notices).toHaveLength(2);
  });

  it('survives the trip through the address bar', () => {
    const choice = {
      text: 'env=prod lag>1MiB',
      health: 'warning',
      sort: 'lag',
      group: 'region',
      folded: ['eu-west, and north', ''],
      columns: ['dcs', 'lag'],
    } as const;
    expect(parseChoice(new URLSearchParams(printChoice(choice))).choice).toEqual(choice);
    expect(printChoice(DEFAULT_CHOICE)).toBe('');
  });
});

describe('columns and groups of an address', () => {
  it('say which column is not known, keep the usual order, and fold nothing where nothing is grouped', () => {
    const { choice, notices } = parseChoice(new URLSearchParams('columns=age,colour,leader&fold=eu'));
    expect(choice.columns).toEqual(['leader', 'age']);
    expect(choice.folded).toEqual([]);
    expect(notices).toEqual(['Column "colour" is not known and left out.']);
    expect(parseChoice(new URLSearchParams('columns=')).choice.columns).toEqual([]);
  });

  it('make groups in the order of the worst, those without the label among them, and fold by value', () => {
    const regional = [
      row('a', { labels: { region: 'eu' } }),
      row('b', { health: 'critical', impact: 'not_writable' }),
      row('c', { labels: { region: 'eu' }, health: 'warning', impact: 'note' }),
      row('d', { labels: { region: 'us' } }),
    ];
    const choice = { ...DEFAULT_CHOICE, group: 'region', folded: ['us'] };
    const lines = fleetLines(viewFleet(regional, choice).rows, choice);
    expect(lines.map((line) => (line.kind === 'group' ? `[${line.value}] ${line.size}` : line.key))).toEqual([
      '[null] 1',
      'b',
      '[eu] 2',
      'c',
      'a',
      '[us] 1',
    ]);
    expect(
      lines.flatMap((line) => (line.kind === 'group' && line.value === 'eu' ? [line.counts.warning] : [])),
    ).toEqual([1]);
  });

  it('divide the healthy from the others where the worst stand first, and nowhere else', () => {
    const kinds = (choice: typeof DEFAULT_CHOICE) =>
      fleetLines(viewFleet(fleet, choice).rows, choice).map(({ kind }) => kind);
    expect(kinds(DEFAULT_CHOICE)).toEqual(['row', 'row', 'healthy', 'row']);
    expect(kinds({ ...DEFAULT_CHOICE, sort: 'name' })).toEqual(['row', 'row', 'row']);
  });

  it('give names the room that the longest needs, and the finding the rest', () => {
    const narrow = columnTracks([row('a'.repeat(23))], ['age'])[0];
    expect(narrow).toBe('46px 187px minmax(0,1fr) 54px');
    const [small, , wide] = columnTracks([row('a'.repeat(63))], ['lag', 'dcs']);
    expect(small).toBe('46px 210px minmax(0,1fr) 98px');
    expect(wide).toBe('46px 440px minmax(0,1fr) 150px 104px');
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
