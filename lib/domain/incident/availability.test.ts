import { describe, expect, it } from 'vitest';
import { action, at, cleared, event, leadership, raised, START } from '../../telling/incident/test-incident';
import { type AvailabilityWindow, allowanceMs, assessAvailability } from './availability';

const HOUR = 3_600_000;
const window = (change: Partial<AvailabilityWindow>): AvailabilityWindow => ({
  from: START,
  to: START + HOUR,
  before: null,
  after: null,
  events: [],
  actions: [],
  leadership: [],
  unwatched: [],
  ...change,
});
const lost = [
  event('10:00', 'leader_lost', 'n1 lost the leader key, nobody holds it', { member: 'n1' }),
  event('14:00', 'leader_changed', 'n2 leads, after n1', { member: 'n2' }),
];
const switchover = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
const outage = (from: string, to: string) => ({
  ms: at(to) - at(from),
  by: 'probe' as const,
  precisionMs: 50,
  lastWritableAt: at(from),
  writableAgainAt: at(to),
});

describe('a window in which nothing happened', () => {
  it('has no outage and nothing unseen', () => {
    expect(assessAvailability(window({}))).toEqual({
      outages: [],
      unseen: [],
      unplannedMs: 0,
      plannedMs: 0,
      unseenMs: 0,
    });
  });
});

describe('a leader that died', () => {
  it('is unplanned, with what was seen first and who took over', () => {
    const led = [leadership(4, 'n1', '00:00', { cause: 'unknown' }), leadership(5, 'n2', '14:00')];
    const made = assessAvailability(window({ events: lost, leadership: led }));
    expect(made.unplannedMs).toBe(240_000);
    expect(made.plannedMs).toBe(0);
    expect(made.outages.map(({ planned, by }) => [planned, by])).toEqual([[false, 'observation']]);
    expect(String(made.outages[0]?.cause)).toBe('n1 lost the leader key, nobody holds it');
    expect(String(made.outages[0]?.detail)).toBe('Patroni elected n2');
  });

  it('stays unplanned where a person repaired it by a failover that was asked for after writes had stopped', () => {
    const repaired = action('f', { kind: 'failover', candidate: 'n2' }, '13:00', '14:10');
    const led = [leadership(5, 'n2', '14:00', { cause: 'failover', actor: 'm.keller' })];
    const made = assessAvailability(window({ events: lost, actions: [repaired], leadership: led }));
    expect(made.outages.map(({ planned }) => planned)).toEqual([false]);
    expect(String(made.outages[0]?.detail)).toBe('m.keller failed over to n2');
  });

  it('that is still gone counts to the end of the window, and says so', () => {
    const made = assessAvailability(window({ events: lost.slice(0, 1) }));
    expect(made.unplannedMs).toBe(50 * 60_000);
    expect(made.outages[0]).toMatchObject({ open: true });
    expect(String(made.outages[0]?.detail)).toBe('not over');
  });
});

describe('a restart', () => {
  const restart = (members: readonly string[]) =>
    action(
      'r',
      { kind: 'restart', members, onlyPending: false, scheduledAt: null, timeoutSeconds: null },
      '09:50',
      '20:00',
    );
  it('of the leader begins what follows; one of a replica does not make its death planned', () => {
    const planned = (members: readonly string[]) =>
      assessAvailability(window({ events: lost, actions: [restart(members)] })).outages.map((one) => one.planned);
    expect(planned(['n1'])).toEqual([true]);
    expect(planned(['n3'])).toEqual([false]);
  });
});

describe('a switchover', () => {
  it('of Howdah is planned, by the probe, with who and why', () => {
    const done = action('s', switchover, '10:00', '10:10', { outage: outage('10:01', '10:04') });
    const led = [leadership(5, 'n2', '10:03', { cause: 'switchover', actor: 'm.keller', actionId: 's' })];
    const made = assessAvailability(window({ actions: [done], leadership: led }));
    expect(made.plannedMs).toBe(3000);
    expect(made.unplannedMs).toBe(0);
    expect(made.outages[0]).toMatchObject({ planned: true, by: 'probe', actionId: 's' });
    expect(String(made.outages[0]?.cause)).toBe('Switchover from n1 to n2');
    expect(String(made.outages[0]?.detail)).toBe('m.keller: maintenance of the rack');
  });

  it('by patronictl is planned too', () => {
    const led = [leadership(4, 'n1', '00:00'), leadership(5, 'n2', '10:03', { cause: 'switchover' })];
    const seen = [
      event('10:01', 'leader_lost', 'n1 lost the leader key, nobody holds it', { member: 'n1' }),
      event('10:03', 'leader_changed', 'n2 leads, after n1', { member: 'n2' }),
    ];
    const made = assessAvailability(window({ events: seen, leadership: led }));
    expect(made.outages.map(({ planned, ms }) => [planned, ms])).toEqual([[true, 2000]]);
    expect(String(made.outages[0]?.detail)).toBe('asked for by patronictl or REST');
  });

  it('that was refused began nothing', () => {
    const refused = action('s', switchover, '09:00', '30:00', { outcome: 'refused' });
    expect(assessAvailability(window({ events: lost, actions: [refused] })).outages[0]?.planned).toBe(false);
  });
});

describe('what was not seen', () => {
  it('is neither up nor down: an outage across it counts what was watched of it', () => {
    const unwatched = [{ from: at('11:00'), to: at('13:00') }];
    const made = assessAvailability(window({ events: lost, unwatched }));
    expect(made.unplannedMs).toBe(120_000);
    expect(made.unseenMs).toBe(120_000);
    expect(made.unseen.map(({ why }) => why)).toEqual(['not_watched']);
  });

  it('is no outage where all of it lies in the dark', () => {
    const made = assessAvailability(window({ events: lost, unwatched: [{ from: START, to: START + HOUR }] }));
    expect(made.outages).toEqual([]);
    expect(made.unseenMs).toBe(HOUR);
  });

  it('does not take away what the probe measured', () => {
    const done = action('s', switchover, '10:00', '10:10', { outage: outage('10:01', '10:04') });
    const made = assessAvailability(window({ actions: [done], unwatched: [{ from: START, to: START + HOUR }] }));
    expect(made.plannedMs).toBe(3000);
    expect(made.unseenMs).toBe(HOUR - 3000);
  });

  it('is the time in which the DCS could not be read, but for what failsafe held', () => {
    const title = 'etcd does not answer';
    const safe = 'failsafe is active';
    const events = [
      raised('10:00', 'dcs_unreachable', 'unknown', title),
      raised('11:00', 'failsafe_active', 'warning', safe),
      cleared('15:00', 'failsafe_active', safe),
      cleared('16:00', 'dcs_unreachable', title),
    ];
    const made = assessAvailability(window({ events }));
    expect(made.unseen).toEqual([
      { from: at('10:00'), to: at('11:00'), why: 'not_known' },
      { from: at('15:00'), to: at('16:00'), why: 'not_known' },
    ]);
    expect(made.unplannedMs).toBe(0);
  });

  it('is the time in which nobody heard from the leader; a replica that is silent takes nothing away', () => {
    const led = event('00:30', 'leader_changed', 'n1 leads', { member: 'n1' });
    const silence = (member: string) =>
      assessAvailability(
        window({
          events: [
            led,
            raised('10:00', 'member_unreachable', 'unknown', `${member} does not answer`, member),
            cleared('12:00', 'member_unreachable', `${member} does not answer`, member),
          ],
        }),
      ).unseenMs;
    expect(silence('n1')).toBe(120_000);
    expect(silence('n3')).toBe(0);
  });
});

describe('an objective', () => {
  it('of 99.95 % leaves 22 min 19 s of a month of 31 days', () => {
    expect(Math.floor(allowanceMs(99.95, 31 * 24 * HOUR) / 1000)).toBe(22 * 60 + 19);
  });
});
