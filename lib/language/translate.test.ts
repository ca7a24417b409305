// Forms found again: the right one, the right plural, names as they are; and total on whatever comes over the wire.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafRu, pluralRu } from './quantity-ru';
import { russian } from './russian';
import { say } from './say';
import { type Catalogue, put } from './translate';

const FORMS: Catalogue = {
  Paused: 'Пауза',
  'No leader for {0}': 'Нет лидера уже {0}',
  'No leader for {0}: an election is due': 'Нет лидера уже {0}: должны пройти выборы',
  '{0} leads, before {1}': 'Лидер {0}, раньше {1}',
  '{0} is not reachable': '{0} недоступен',
  'over: {0}': 'закончилось: {0}',
  'Bring it back.': 'Верните его.',
  'timeline {0}': 'timeline {0!}',
  'still on {0}': 'ещё на {0}',
  '{n} members': ['{n} участник', '{n} участника', '{n} участников'],
  '{n} more losses': ['ещё {n} потеря', 'ещё {n} потери', 'ещё {n} потерь', '{n} more loss'],
  'holds; {0} until it is gone': 'есть; {0}, и его не будет',
  'holds; {0} until it is gone.': 'есть; {0}, и его не будет.',
  'Back to {0} from {1}': 'С {1} обратно на {0}',
  'tagged nofailover': 'тег nofailover',
  'Reason: {0}': 'Причина: {0=}',
  '{0} of {1}': '{0} из {1}',
  members: 'участники',
  'takes {type: physical}': 'принимает {type: physical}',
  'Stopped: {0}.': 'Остановлено: {0}.',
  'Not {0}: {1}': 'Не {0}: {1}',
  'Not done: {0}.': 'Не сделано: {0}.',
  '{0} behind': 'отстаёт на {0}',
  '{0} restarted.': '{0} перезапущен.',
};
const { wire, fill, quantity } = russian(FORMS, { 'Expires in {age}': 'Истекает через {age}' });

describe('a text of the wire', () => {
  it.each([
    ['Paused', 'Пауза'],
    ['No leader for 42 s', 'Нет лидера уже 42 с'],
    ['No leader for 1 min 30 s: an election is due', 'Нет лидера уже 1 мин 30 с: должны пройти выборы'],
    ['over: No leader for 3 h 12 min', 'закончилось: Нет лидера уже 3 ч 12 мин'],
    ['Back to n1 from n2', 'С n2 обратно на n1'],
    ['takes {type: physical}', 'принимает {type: physical}'],
    ['Not n3: 43.1 MiB behind', 'Не n3: отстаёт на 43,1 МиБ'],
    ['Not done: n1 is not reachable; n2 is not reachable.', 'Не сделано: n1 недоступен; n2 недоступен.'],
    ['Stopped: n1 restarted; n2 is not reachable.', 'Остановлено: n1 перезапущен; n2 недоступен.'],
    ['holds; 1 more loss until it is gone', 'есть; ещё 1 потеря, и его не будет'],
    ['holds; 2 more losses until it is gone', 'есть; ещё 2 потери, и его не будет'],
  ])('is found by its form: %s', (text, said) => {
    expect(wire(text)).toBe(said);
  });

  it('takes the one, the few and the many of a count, also with thousands', () => {
    expect(['1 member', '3 members', '11 members', '21 members', '1\u2009842 members'].map(wire)).toEqual([
      '1 участник',
      '3 участника',
      '11 участников',
      '21 участник',
      '1\u2009842 участника',
    ]);
    expect(wire('no members')).toBe('no members');
  });

  it('is said sentence by sentence where it holds several, and left where one is unknown', () => {
    expect(wire('n1 is not reachable; tagged nofailover')).toBe('n1 недоступен; тег nofailover');
    expect(wire('tagged nofailover; whatever this says')).toBe('тег nofailover; whatever this says');
    expect(wire('Bring it back. Bring it back.')).toBe('Верните его. Верните его.');
    expect(wire('tagged nofailover (patroni)')).toBe('тег nofailover (patroni)');
    expect(wire('members: n1 is not reachable')).toBe('участники: n1 недоступен');
  });

  it('is said whole where a form itself holds what parts sentences', () => {
    expect(wire('n1 is not reachable; members: holds; 2 more losses until it is gone')).toBe(
      'n1 недоступен; участники: есть; ещё 2 потери, и его не будет',
    );
    expect(wire('holds; 1 more loss until it is gone. Bring it back.')).toBe(
      'есть; ещё 1 потеря, и его не будет. Верните его.',
    );
  });

  it('is found where a reason was made a sentence of', () => {
    expect(wire('Tagged nofailover.')).toBe('Тег nofailover.');
    expect(wire('N1 is not reachable.')).toBe('N1 недоступен.');
  });

  it('leaves names alone, also those that look like words', () => {
    expect(wire('unknown leads, before members')).toBe('Лидер unknown, раньше members');
    expect(wire('n1, n2 and n3 is not reachable')).toBe('n1, n2 и n3 недоступен');
    expect(wire('still on idle')).toBe('ещё на idle');
  });

  it('never says what a person wrote', () => {
    expect(wire('Reason: tagged nofailover')).toBe('Причина: tagged nofailover');
  });

  it('of hardly any words is taken only where its values are names or known', () => {
    expect(wire('env=prod, site=a of orders')).toBe('env=prod, site=a из orders');
    expect(wire('3 members of orders')).toBe('3 участника из orders');
    expect(wire('the end of all this')).toBe('the end of all this');
  });

  it('says a single word where the entry asks for it', () => {
    expect(wire('timeline unknown')).toBe('timeline неизвестно');
    expect(wire('timeline 4')).toBe('timeline 4');
  });

  it('without a form stays English', () => {
    expect(wire('connect ECONNREFUSED 127.0.0.1:8008')).toBe('connect ECONNREFUSED 127.0.0.1:8008');
  });
});

describe('a form of a screen', () => {
  it('is filled, and is no pattern for what comes over the wire', () => {
    expect(fill('Expires in {age}', { age: '5 мин' })).toBe('Истекает через 5 мин');
    expect(wire('Expires in 5 min')).toBe('Expires in 5 min');
    expect(fill('never written', {})).toBeNull();
  });

  it('takes the plural of n', () => {
    expect([1, 2, 5, 1.5].map((n) => fill('{n} members', { n }))).toEqual([
      '1 участник',
      '2 участника',
      '5 участников',
      '1.5 участника',
    ]);
  });
});

describe('quantities', () => {
  it.each([
    ['584 B', '584 Б'],
    ['20.5 MiB', '20,5 МиБ'],
    ['-1.2 GiB', '-1,2 ГиБ'],
    ['3.1 MiB/s', '3,1 МиБ/с'],
    ['1.6 ms', '1,6 мс'],
    ['0.4 s', '0,4 с'],
    ['1 min 30 s', '1 мин 30 с'],
    ['3 h 12 min', '3 ч 12 мин'],
    ['1\u2009240 d', '1\u2009240 д'],
    ['1\u2009001 bytes', '1\u2009001 байт'],
    ['1\u2009002 bytes', '1\u2009002 байта'],
    ['12 Jan', '12 янв.'],
    ['3 May 2025 14:08:31', '3 мая 2025 14:08:31'],
    ['unknown', 'неизвестно'],
    ['idle', 'простаивает'],
    ['running to start failed', 'running → start failed'],
    ['max_connections 100 to 200', 'max_connections 100 → 200'],
    ['wants you to connect', 'wants you to connect'],
    ['n1', 'n1'],
    ['14:08:31', '14:08:31'],
    ['5 seconds ago', '5 seconds ago'],
  ])('%s is %s', (text, said) => {
    expect(quantity(text)).toBe(said);
  });

  it('count as Russian counts', () => {
    const forms = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112, 1.5].map(pluralRu);
    expect(forms).toEqual([2, 0, 1, 1, 2, 2, 2, 2, 0, 1, 2, 0, 2, 2, 1]);
  });
});

describe('say', () => {
  it('is the plain sentence', () => {
    expect(say`No leader for ${'42 s'}: ${3} of ${'n1'}`).toBe('No leader for 42 s: 3 of n1');
    expect(say`Paused`).toBe('Paused');
  });
});

/** What the wire may hold that a translator stumbles over. */
const hostile = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    '{0}',
    '{n}',
    '{0!}',
    '$&',
    '$1',
    '; ',
    '. ',
    ', ',
    ': ',
    ' and ',
    '__proto__',
    'constructor',
    ' is ',
  ),
  fc.constantFrom(...Object.keys(FORMS)),
  fc.constantFrom('toString', '\u0000', '\ud800', '5 s', '1 member', 'a'.repeat(300)),
);

describe('whatever comes', () => {
  it('a text comes out, the same each time', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const said = wire(text);
        expect(typeof said).toBe('string');
        expect(russian(FORMS).wire(text)).toBe(said);
        expect(typeof (leafRu(text) ?? '')).toBe('string');
      }),
    );
  });

  it('names are found again in what is said', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_$.{}-]{1,20}$/);
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(wire(`${a} leads, before ${b}`)).toBe(`Лидер ${a}, раньше ${b}`);
        expect(wire(`over: ${a} is not reachable`)).toBe(`закончилось: ${a} недоступен`);
        expect(wire(`Back to ${a} from ${b}`)).toBe(`С ${b} обратно на ${a}`);
      }),
    );
  });

  it('the longest is answered in no time', () => {
    const seams = ['; ', '. ', ', ', ': ', ' leads, before ', ' and ', 'over: '];
    const texts = seams.map((seam) => `x y${seam}`.repeat(Math.floor(3990 / (seam.length + 3))));
    const started = performance.now();
    for (const text of [...texts, 'over: '.repeat(660), '1 members'.repeat(440)]) russian(FORMS).wire(text);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('over the limit stays as it is', () => {
    const text = `over: ${'x '.repeat(4000)}`;
    expect(wire(text)).toBe(text);
  });
});

describe('put', () => {
  it('fills by name, leaves what it has no value for, and takes values literally', () => {
    expect(put('{a} of {b} and {c}', { a: '$&', b: 2 })).toBe('$& of 2 and {c}');
  });
});
