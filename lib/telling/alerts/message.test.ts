import { describe, expect, it } from 'vitest';
import type { Alert } from '../../domain/alerts/alert';
import type { Telling } from '../../domain/alerts/groups';
import { formatSeconds, measured } from '../../language/quantity';
import { say } from '../../language/sentence';
import { speakerOf } from '../../language/speakers';
import { composeMessage, cutText } from './message';

const AT = Date.parse('2026-11-21T03:12:05Z');

function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    rule: 'critical',
    scope: 'main',
    key: 'multiple_primaries:n1,n2:',
    member: 'n1',
    code: 'multiple_primaries',
    severity: 'critical',
    state: 'firing',
    title: 'Two primaries: n1 and n2',
    cause: null,
    evidence: ['n1: primary on timeline 3', 'n2: primary on timeline 4'],
    advice: 'Keep clients away from n2 at once.',
    since: AT - 90_000,
    firedAt: AT - 85_000,
    seenAt: AT,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: 'g',
    toldAt: AT,
    ...over,
  };
}

function telling(over: Partial<Telling> = {}): Telling {
  const base = { receiver: 'r', id: 'g-1', group: 'g', scope: 'main', at: AT, openedAt: AT - 85_000 };
  return { ...base, reason: 'new', alerts: [alert()], ...over };
}

describe('a message of one trouble of several clusters', () => {
  const etcd = say`${'etcd'} does not answer`;
  const of = (scope: string, over: Partial<Alert> = {}): Alert =>
    alert({ id: scope, scope, title: etcd, cause: etcd, severity: 'warning', advice: 'See to etcd.', ...over });
  const names = Array.from({ length: 41 }, (_, index) => `c${10 + index}`);
  const shared = {
    title: say`The DCS of ${'41 clusters'} does not answer`,
    text: say`All of them take writes.`,
    scopes: names,
  };

  it('says it once, a line of each cluster, and leads to the fleet', () => {
    const few = { ...shared, scopes: ['c10', 'c11'] };
    const alerts = [of('c11', { severity: 'critical' }), of('c10'), of('c11', { id: 'more' })];
    const message = composeMessage(telling({ scope: '', alerts, shared: few }), 'https://howdah.example.com/');
    expect(message.text).toBe(`CRITICAL: The DCS of 41 clusters does not answer

All of them take writes.

c10: etcd does not answer (warning). Since 2026-11-21 03:10:35 UTC, for 1 min 30 s.
c11: etcd does not answer (critical). Since 2026-11-21 03:10:35 UTC, for 1 min 30 s.

What to do: See to etcd.

https://howdah.example.com/`);
    expect([message.scope, message.scopes, message.alerts.length]).toEqual(['', ['c10', 'c11'], 3]);
  });

  it('names twenty and counts the rest, of whom a program still has every alert', () => {
    const message = composeMessage(telling({ scope: '', alerts: names.map((name) => of(name)), shared }), 'https://h');
    expect(message.text.split('\n').filter((line) => /^c\d+: /.test(line))).toHaveLength(20);
    expect(message.text).toContain('And 21 clusters more.');
    expect(message.alerts).toHaveLength(41);
  });

  it('says whom it is over for, also when nobody knows the trouble any more', () => {
    const over = { state: 'resolved', resolvedAt: AT - 30_000 } as const;
    const about = { title: null, text: null, scopes: ['c10', 'c11'] };
    const done = telling({ scope: '', reason: 'over', alerts: [of('c10', over), of('c11', over)], shared: about });
    const message = composeMessage(done, 'https://h');
    expect(message.title).toBe('Over: 2 clusters: etcd does not answer');
    expect(message.text).toContain('c11: Over: etcd does not answer; 2026-11-21 03:10:35 UTC to ');
    expect([message.advice, message.text.includes('What to do')]).toEqual(['', false]);
  });
});

describe('a message', () => {
  it('says what happened, since when, what to do, and where to look', () => {
    const second = alert({ id: 'a2', title: 'n3 does not stream', severity: 'warning', code: null, evidence: [] });
    const ended = alert({ id: 'a3', title: 'No leader', state: 'resolved', resolvedAt: AT - 30_000 });
    const message = composeMessage(telling({ alerts: [alert(), second, ended] }), 'https://howdah.example.com/');
    expect(message.text).toBe(`CRITICAL: main: Two primaries: n1 and n2 (and 1 more)

Two primaries: n1 and n2 (critical)
Since 2026-11-21 03:10:35 UTC, for 1 min 30 s.
  n1: primary on timeline 3
  n2: primary on timeline 4
What to do: Keep clients away from n2 at once.

n3 does not stream (warning)
Since 2026-11-21 03:10:35 UTC, for 1 min 30 s.
What to do: Keep clients away from n2 at once.

Over: No leader; 2026-11-21 03:10:35 UTC to 2026-11-21 03:11:35 UTC, 1 min

https://howdah.example.com/clusters/main#finding-multiple_primaries`);
    expect(message).toMatchObject({ severity: 'critical', advice: 'Keep clients away from n2 at once.' });
  });

  it('of an end leads to the incident, with its whole window', () => {
    const ended = alert({ state: 'resolved', resolvedAt: AT - 30_000 });
    const message = composeMessage(telling({ reason: 'over', alerts: [ended] }), 'http://127.0.0.1:3000');
    expect(message.title).toBe('Over: main: Two primaries: n1 and n2');
    const [from, to] = [AT - 90_000 - 300_000, AT + 120_000];
    expect(message.link).toBe(`http://127.0.0.1:3000/clusters/main/incident?from=${from}&to=${to}`);
  });

  it('says that it got worse, or goes on, and who is on it', () => {
    const acknowledged = { by: 'ann', at: AT, reason: 'on it' };
    const on = composeMessage(telling({ reason: 'still', alerts: [alert({ acknowledged })] }), 'http://h');
    expect(on.title).toBe('Still CRITICAL: main: Two primaries: n1 and n2');
    expect(on.text).toContain('Acknowledged by ann: on it');
    expect(composeMessage(telling({ reason: 'worse' }), 'http://h').title).toMatch(/^Worse, CRITICAL: main/);
  });

  it('has no line break, no endless line and no open end from what a cluster is called', () => {
    const evil = alert({ title: `a\nb\r\n${'x'.repeat(1000)}`, scope: 'a/../b', evidence: Array(50).fill('e') });
    const message = composeMessage(telling({ scope: 'a/../b', alerts: Array(40).fill(evil) }), 'http://h');
    expect(message.title).not.toMatch(/[\r\n]/);
    expect(message.title.length).toBeLessThanOrEqual(300);
    expect(message.text.length).toBeLessThan(12_000);
    expect(message.text).toContain('And 32 alerts more.');
    expect(message.link).toMatch(/^http:\/\/h\/clusters\/a%2F\.\.%2Fb/);
  });

  it('about Howdah itself leads to the alerts', () => {
    const own = alert({ scope: '', code: null, title: 'Receiver mail has not worked for 6 min' });
    const message = composeMessage(telling({ scope: '', alerts: [own] }), 'http://h');
    expect(message.title).toBe('CRITICAL: Howdah: Receiver mail has not worked for 6 min');
    expect(message.link).toBe('http://h/alerts');
  });
});

it('a text that is cut ends with a whole character, and half ones do not pass', () => {
  expect(cutText('ab\u{1f418}cdef', 6)).toBe('ab...');
  expect(cutText('ab\u{1f418}cdef', 7)).toBe('ab\u{1f418}...');
  expect(cutText('\ud800x', 10)).toBe('\ufffdx');
  const long = alert({ title: `${'x'.repeat(278)}${'\u{1f418}'.repeat(20)}` });
  const { title, text } = composeMessage(telling({ alerts: [long] }), 'https://howdah.example.com');
  expect(`${title}${text}`).not.toMatch(/\p{Cs}/u);
});

describe('a message in Russian', () => {
  const facts = {
    evidence: [say`${'DCS'}: ${say`the leader key does not exist`}`, say`${'n2'}: ${say`tagged nofailover`}`],
    code: 'no_leader',
  } as const;
  const title = say`No leader for ${formatSeconds(90)}: nothing accepts writes`;
  const advice = say`Wait: Patroni elects within the ttl of ${30} s.`;

  it('is Russian in its title, text and advice, and leaves names, links and what a person wrote', () => {
    const acknowledged = { by: 'anna', at: AT, reason: 'resumed' };
    const first = alert({ ...facts, title, advice, acknowledged });
    const second = alert({
      id: 'a2',
      title: say`${'n3'} is ${measured(41.3, 'GiB')} behind`,
      severity: 'warning',
      evidence: [],
    });
    const ended = alert({
      id: 'a3',
      title: say`Paused: no automatic failover`,
      state: 'resolved',
      resolvedAt: AT - 30_000,
    });
    const given = telling({ alerts: [first, second, ended] });
    const message = composeMessage(given, 'https://howdah.example.com', speakerOf('ru').speak);
    expect(message.advice).toBe('Подождите: Patroni проведёт выборы в пределах ttl, 30 с.');
    expect(message.text).toBe(`КРИТИЧНО: main: Нет лидера уже 1 мин 30 с: запись никто не принимает (и ещё 1)

Нет лидера уже 1 мин 30 с: запись никто не принимает (критично)
С 2026-11-21 03:10:35 UTC, уже 1 мин 30 с.
  DCS: ключа лидера нет
  n2: тег nofailover
Что делать: Подождите: Patroni проведёт выборы в пределах ttl, 30 с.
Принял anna: resumed

n3 отстаёт на 41,3 ГиБ (предупреждение)
С 2026-11-21 03:10:35 UTC, уже 1 мин 30 с.
Что делать: Keep clients away from n2 at once.

Закончилось: Пауза: автоматического failover нет; с 2026-11-21 03:10:35 UTC до 2026-11-21 03:11:35 UTC, 1 мин

https://howdah.example.com/clusters/main#finding-no_leader`);
  });

  it('keeps codes, names and moments, which are what programs read', () => {
    const given = telling({ alerts: [alert({ ...facts, title, advice })] });
    const english = composeMessage(given, 'https://howdah.example.com');
    const said = composeMessage(given, 'https://howdah.example.com', speakerOf('ru').speak);
    const bare = { title: '', text: '', advice: '', alerts: [] };
    expect({ ...said, ...bare }).toEqual({ ...english, ...bare });
    const of = (message: typeof said) => message.alerts.map((one) => ({ ...one, title: '', evidence: [], advice: '' }));
    expect(of(said)).toEqual(of(english));
    expect(said.alerts[0]?.evidence).toEqual(['DCS: ключа лидера нет', 'n2: тег nofailover']);
  });

  it.each([
    ['worse', 'Хуже, КРИТИЧНО: '],
    ['still', 'Всё ещё КРИТИЧНО: '],
    ['over', 'Закончилось: '],
    ['test', 'Проверка: '],
  ] as const)('says %s', (reason, start) => {
    expect(composeMessage(telling({ reason }), 'http://127.0.0.1', speakerOf('ru').speak).title.startsWith(start)).toBe(
      true,
    );
  });
});
