import { describe, expect, it } from 'vitest';
import type { Incident } from '../../domain/incident/incident';
import { downs, outages } from '../../domain/incident/outages';
import { findingSpans } from '../../domain/incident/spans';
import { HEAD, MIB, steady } from '../../domain/testkit';
import { say, type Text } from '../../language/sentence';
import { report } from './report';
import { story } from './story';
import { action, afternoon, at, cleared, event, incident, leadership, raised, START } from './test-incident';

const LOST = say`${say`Lost ${'16 KiB'}: ${'n1 was last seen at 0/5004148, timeline 4 ended at 0/5000148'}.`} ${say`Not writable for ${'1.3 s by the write probe'}.`}`;
const withLost = (): Incident => {
  const made = afternoon();
  return { ...made, actions: made.actions.map((one) => (one.id === 'A1' ? { ...one, lost: LOST } : one)) };
};
const lostLines = (made: Incident): readonly string[] =>
  (report(made, 'UTC', null).facts.find(({ label }) => /^Lost/.test(String(label)))?.lines ?? []).map(String);

const textsOf = (made: Incident): Text[] => story(made).map(({ text }) => text);

describe('what was lost at a change of leader', () => {
  it('is what the action measured; of a failover that Howdah did not make, what the old leader came back with', () => {
    const after = steady({
      leader: 'n3',
      history: [[5, HEAD - 2 * MIB, 'no recovery target specified', '2026-11-20T14:10:31+00:00', 'n3']],
      members: [
        { name: 'n2', role: 'replica', timeline: 5, lsn: HEAD, upstream: null },
        { name: 'n3', role: 'primary', timeline: 6 },
      ],
    });
    expect(lostLines({ ...withLost(), after })).toEqual([
      `14:05:00: ${LOST}`,
      '14:10:31: 2 MiB that only n2 has, past 0/5000148',
    ]);
  });

  it('is not known where nobody measured it and the old leader does not say it, and never 0 B', () => {
    expect(lostLines(withLost())[1]).toBe(
      '14:10:31: not known: how far n2 had written past 0/5000148 was not measured',
    );
    // A switchover of before it was kept.
    expect(lostLines(afternoon())[0]).toMatch(/^14:05:03: not known: how far n1 /);
  });

  it('is nothing where nobody handed over', () => {
    expect(lostLines(incident({}))).toEqual(['nobody handed over']);
    const same = leadership(5, 'n1', '05:00');
    expect(lostLines(incident({ leadership: [leadership(4, 'n1', '-600:00'), same] }))).toEqual(['nobody handed over']);
  });
});

describe('the story', () => {
  it('tells each event exactly once, whatever belongs together', () => {
    const made = afternoon();
    const covered = story(made).flatMap(({ covers }) => covers);
    expect([...covered].sort()).toEqual(made.events.map(({ id }) => id).sort());
  });

  it('is in the order of the moments', () => {
    const moments = story(afternoon()).map((entry) => entry.at);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
  });

  it('tells the whole afternoon in these lines', () => {
    const lines = story(afternoon()).map((entry) => `${new Date(entry.at).toISOString().slice(14, 19)} ${entry.text}`);
    expect(lines).toEqual([
      '05:00 Switchover of orders: n1 to n2; n2 leads on timeline 5',
      '10:00 n2 stopped answering',
      '10:31 n3 leads timeline 6, after n2: automatic failover',
      '10:35 n1 does not stream, for 12 s',
      '11:00 Power of rack 4 was cut.\nTicket 4711.',
      '12:00 n2 answers again',
      '13:00 Wrong rack.',
      '15:00 Pause orders; done as asked',
      '20:00 resumed',
      '22:00 dynamic configuration changed: ttl',
      '25:00 replay paused on n1',
      '28:00 replay resumed on n1',
      '40:00 Howdah did not watch for 3 min',
      '43:00 n1 left the member list',
      '50:00 n2 is 20.5 MiB behind',
      '55:00 Over after 5 min: n2 is 20.5 MiB behind',
    ]);
  });

  it('lets an action tell its steps, the leadership it made and the fork', () => {
    const [entry] = story(afternoon());
    expect(entry?.facts.map(({ text }) => text)).toEqual([
      'Reason: maintenance of the rack',
      'Write /failover: revision 100',
      'n1 gives up the leader key',
      'n2 is a primary',
      'Writes were out for 1.3 s, measured',
      'Left timeline 4 at 0/5000148',
      "Patroni's /history: no recovery target specified",
    ]);
    expect(entry?.actionId).toBe('A1');
  });

  it('lets an action say what it lost, once, with how long nothing was writable', () => {
    const texts = (story(withLost())[0]?.facts ?? []).map(({ text }) => String(text));
    expect(texts).toContain(String(LOST));
    expect(texts.filter((text) => /writable|Writes were out/.test(text))).toHaveLength(1);
  });

  it('keeps a crash in the middle of a switchover as news of its own', () => {
    const made = afternoon();
    const crash = event('05:04', 'state_changed', 'n3: streaming to crashed', { member: 'n3' });
    const events = [...made.events, crash].sort((a, b) => a.at - b.at);
    expect(textsOf({ ...made, events })).toContain('n3: streaming to crashed');
  });

  it('gives an event the severity of the finding that repeats it', () => {
    const silent = story(afternoon()).find(({ text }) => String(text) === 'n2 stopped answering');
    expect(silent?.severity).toBe('critical');
    expect(silent?.facts).toEqual([{ at: at('10:04'), text: 'n2 does not answer: it holds the leader key' }]);
  });

  it('does not take an action that was refused for the cause of what happened meanwhile', () => {
    const refused = action('A9', { kind: 'switchover', candidate: 'n2', scheduledAt: null }, '10:00', '10:01', {
      sentAt: null,
      outcome: 'refused',
      outcomeText: 'n2 does not stream',
    });
    const made = incident({
      actions: [refused],
      events: [event('10:02', 'leader_changed', 'n3 leads, after n1', { member: 'n3' })],
    });
    expect(textsOf(made)).toEqual([
      'Switchover of orders: n1 to n2; n2 does not stream',
      'n3 leads, after n1: cause not known',
    ]);
  });

  it('joins the states of one member into one line, and not across a break', () => {
    const made = incident({
      events: [
        event('01:00', 'state_changed', 'n2: streaming to stopped', { member: 'n2' }),
        event('01:05', 'state_changed', 'n2: stopped to starting', { member: 'n2' }),
        event('01:09', 'state_changed', 'n2: starting to streaming', { member: 'n2' }),
        event('09:00', 'state_changed', 'n2: streaming to stopped', { member: 'n2' }),
      ],
    });
    expect(textsOf(made)).toEqual(['n2: streaming to stopped to starting to streaming', 'n2: streaming to stopped']);
  });

  it('tells a finding that was raised twice without an end between only once, and loses neither event', () => {
    const made = incident({
      events: [
        raised('01:00', 'lag_high', 'warning', 'n2 is 1 MiB behind', 'n2'),
        raised('02:00', 'lag_high', 'warning', 'n2 is 1 MiB behind', 'n2'),
      ],
    });
    expect(textsOf(made)).toEqual(['n2 is 1 MiB behind']);
    expect(story(made).flatMap(({ covers }) => covers)).toHaveLength(2);
  });

  it('ends a long action with a line of its own', () => {
    const made = incident({
      actions: [
        action(
          'A1',
          { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false },
          '01:00',
          '21:00',
        ),
      ],
    });
    expect(textsOf(made)).toEqual(['Reinitialize n3', 'Ended: Reinitialize n3; done as asked']);
  });
});

describe('findings', () => {
  it('that stood at the beginning and still stand have neither end', () => {
    const made = incident({ events: [cleared('05:00', 'paused', 'Paused: no automatic failover')] });
    expect(made.findings).toEqual([
      {
        code: 'paused',
        severity: 'unknown',
        title: 'Paused: no automatic failover',
        members: [],
        from: null,
        to: at('05:00'),
      },
    ]);
  });

  it('of the afternoon begin and end as the events say', () => {
    const found = findingSpans(afternoon()).map(({ code, from, to }) => [code, from, to]);
    expect(found).toEqual([
      ['member_unreachable', at('10:04'), at('12:00')],
      ['replica_not_streaming', at('10:35'), at('10:47')],
      ['paused', at('15:00'), at('20:00')],
      ['replay_paused', at('25:01'), at('28:01')],
      ['lag_high', at('50:00'), at('55:00')],
    ]);
  });
});

describe('outages', () => {
  it('are measured where a probe did, and seen from the first silence of the leader where none did', () => {
    expect(outages(afternoon()).map(({ from, to, by }) => [from, to, by])).toEqual([
      [at('05:01'), at('05:01') + 1300, 'probe'],
      [at('10:00'), at('10:32'), 'observation'],
    ]);
  });

  it('a leader that was only silent and came back is no outage', () => {
    const made = incident({
      events: [
        event('01:00', 'member_silent', 'n1 stopped answering', { member: 'n1' }),
        event('01:30', 'member_answers', 'n1 answers again', { member: 'n1' }),
      ],
      leadership: [leadership(4, 'n1', '-60:00', { current: true })],
    });
    expect(outages(made)).toEqual([]);
    expect(downs(made)).toEqual([{ member: 'n1', from: at('01:00'), to: at('01:30') }]);
  });

  it('a key nobody took is open until the end of the window', () => {
    const made = incident({ events: [event('50:00', 'leader_lost', 'n1 lost the leader key', { member: 'n1' })] });
    expect(outages(made)).toEqual([{ from: at('50:00'), to: at('60:00'), open: true, by: 'observation' }]);
  });
});

describe('the headline', () => {
  const say = (made: Incident): string => report(made, 'UTC', null).headline.join(' ');

  it('says who took over from whom, how long writes were out, and who came back', () => {
    const { events, leadership: led, ...rest } = afternoon();
    const made = incident({
      ...rest,
      from: at('08:00'),
      to: at('14:00'),
      actions: [],
      blind: [],
      notes: [],
      events: events.filter((one) => one.at > at('08:00') && one.at < at('14:00')),
      leadership: led,
    });
    expect(say({ ...made, findings: [] })).toBe(
      'n3 took over from n2 by an automatic failover at 14:10:31; writes were out for 32 s, as seen by readings; n2 came back at 14:12:00.',
    );
  });

  it('counts several changes and names the longest time without writes', () => {
    expect(say(afternoon())).toMatch(
      /^The leader changed 2 times: n1 to n2 \(switchover by m\.keller, 14:05:03\), n2 to n3 \(automatic failover, 14:10:31\); n3 led in the end\. Longest write outage: 32 s, from 14:10:00\./,
    );
  });

  it('says that nothing changed only where something was kept', () => {
    expect(say(incident({}))).toBe('Nothing changed: n1 led all the time.');
    const { history } = incident({});
    const blank = incident({
      history: { ...history, health: history.health.map(() => null), leader: history.leader.map(() => null) },
    });
    expect(say(blank)).toMatch(/^Nothing was kept of this window/);
  });
});

describe('times', () => {
  it('carry the offset of the zone at that moment, and an unknown zone is said to be UTC', () => {
    const made = report(afternoon(), 'Europe/Berlin', null);
    expect(made.story[0]?.stamp).toBe('2026-11-20 15:05:00 +01:00');
    expect(report(afternoon(), 'No/Where', null).window).toMatch(/zone UTC$/);
  });

  it('say the offset in every sentence where the window crosses a change of the clock', () => {
    const autumn = Date.UTC(2026, 9, 25, 0, 30);
    const made = incident({
      from: autumn,
      to: autumn + 3_600_000,
      events: [{ ...event('00:00', 'paused', 'paused: no automatic failover'), at: autumn + 60_000 }],
    });
    expect(report(made, 'Europe/Berlin', null).story[0]?.time).toBe('02:31:00 +02:00');
    expect(START).toBe(at('0'));
  });
});
