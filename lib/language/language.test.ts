import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carry, revive } from './carry';
import { speakerFrom } from './catalogue';
import { formatBytes, formatSeconds, joinNames, plural } from './quantity';
import {
  agree,
  capital,
  distinct,
  isSameText,
  isSentence,
  joined,
  renamed,
  Sentence,
  say,
  type Text,
  unstopped,
} from './sentence';
import { speakerOf } from './speakers';
import { SpokenError, saidBy } from './spoken-error';

const { speak } = speakerOf('ru');
const crossed = <T>(value: T): T => revive(JSON.parse(JSON.stringify(carry(value))));

describe('a sentence', () => {
  it('knows its English, its form and what stands in its places', () => {
    const sentence = say`No leader for ${formatSeconds(12)}: nothing accepts writes`;
    expect(String(sentence)).toBe('No leader for 12 s: nothing accepts writes');
    expect(sentence.carried).toEqual(['No leader for {0}: nothing accepts writes', ['{0} s', 12]]);
    expect(JSON.stringify({ sentence })).toBe('{"sentence":"No leader for 12 s: nothing accepts writes"}');
  });

  it('never translates a name, not one that is a word of ours either', () => {
    expect(speak(say`${'replica'} does not stream`)).toContain('replica');
    expect(speak(say`${'unknown'} leads`)).toContain('unknown');
    expect(speak(say`${say`unknown`} leads`)).not.toContain('unknown');
  });

  it('never translates what a person wrote, although it reads like a sentence of ours', () => {
    expect(speak(say`Reason: ${'Bring it back.'}`)).toBe('Причина: Bring it back.');
    expect(speak('Bring it back.')).toBe('Bring it back.');
    expect(speak(say`Bring it back.`)).toBe('Верните его.');
  });

  it('counts by the rules of the language', () => {
    expect([1, 3, 5, 21].map((count) => speak(plural(count, 'member')))).toEqual([
      '1 участник',
      '3 участника',
      '5 участников',
      '21 участник',
    ]);
    expect([1, 2].map((count) => String(plural(count, 'entry', 'entries')))).toEqual(['1 entry', '2 entries']);
  });

  it('keeps both words of what agrees with a count in its one form', () => {
    const follows = (names: readonly string[]) =>
      say`${names.join(', ')} ${agree(names.length, 'streams', 'stream')} from ${'n1'}`;
    expect([String(follows(['n2'])), String(follows(['n2', 'n3']))]).toEqual([
      'n2 streams from n1',
      'n2, n3 stream from n1',
    ]);
    expect(follows(['n2']).carried).toEqual(['{0} {1, plural, one {streams} other {stream}} from {2}', 'n2', 1, 'n1']);
    expect([follows(['n2']), follows(['n2', 'n3'])].map(speakerOf('ru').speak)).toEqual([
      'n2 получает WAL с n1',
      'n2, n3 получают WAL с n1',
    ]);
  });

  it('holds quantities in the units and with the decimal sign of the language', () => {
    expect(speak(say`${'n2'} is ${formatBytes(21_495_808)} behind`)).toBe('n2 отстаёт на 20,5 МиБ');
    expect(speak(formatSeconds(95))).toBe('1 мин 35 с');
    expect(speak(joinNames(['n1', 'n2', 'n3']))).toBe('n1, n2 и n3');
  });

  it('is put together with others without losing their forms', () => {
    const both = joined([say`Bring it back.`, 'n2'], '; ');
    expect([String(both), speak(both)]).toEqual(['Bring it back.; n2', 'Верните его.; n2']);
    expect(speak(capital(say`does not stream`))).toMatch(/^\p{Lu}/u);
    expect([String(unstopped(say`Bring it back.`)), speak(unstopped(say`Bring it back.`))]).toEqual([
      'Bring it back',
      'Верните его',
    ]);
    expect(distinct([say`Bring it back.`, say`Bring it back.`, 'n2']).length).toBe(2);
    expect(isSameText(say`Bring it back.`, 'Bring it back.')).toBe(true);
  });

  it('can have its names changed, in English and in every other language', () => {
    const hidden = renamed(say`${'db1.example'}: ${say`${'db1.example'} does not stream`}`, (words) =>
      words.replaceAll('db1.example', 'm1'),
    );
    expect(String(hidden)).toBe('m1: m1 does not stream');
    expect(speak(hidden)).not.toContain('db1');
  });

  it('may hold braces and apostrophes of its own', () => {
    const odd = say`{type: physical} of ${'n1'}, Patroni's '{${'x'}}'`;
    expect(String(odd)).toBe("{type: physical} of n1, Patroni's '{x}'");
    const { speak: inThird } = speakerFrom('cy', {
      core: { all: { [odd.carried[0]]: `<${odd.carried[0]}>` } },
      screens: {},
    });
    expect(inThird(odd)).toBe(`<${odd}>`);
  });

  it('stays English where the catalogue has no message, or a broken one', () => {
    const form = 'No leader for {0}';
    const sentence = new Sentence('No leader for 3 s', [form, ['{0} s', 3]]);
    for (const core of [{}, { findings: { [form]: 'kein Leader {' } }])
      expect(speakerFrom('de', { core, screens: {} }).speak(sentence)).toBe('No leader for 3 s');
  });
});

describe('across the wire', () => {
  it('the English stands where it stood, the form beside it', () => {
    const plain = carry({ title: say`Bring it back.`, list: [say`Bring it back.`, 'n2'], count: 1 });
    expect(JSON.parse(JSON.stringify(plain))).toEqual({
      title: 'Bring it back.',
      list: ['Bring it back.', 'n2'],
      count: 1,
      said: { title: ['Bring it back.'], list: [['Bring it back.'], null] },
    });
  });

  it('what has no form, as rows that were stored before, is English', () => {
    const row = revive({ title: 'Bring it back.' });
    expect(speak(row.title)).toBe('Bring it back.');
  });

  it('what a stranger put under our word is no sentence, and nothing of it is lost', () => {
    const foreign = { said: { ttl: ['Bring it back.'] }, ttl: 30, "said'": 1, 'said"': 2 };
    expect(crossed({ value: foreign, title: say`Bring it back.` })).toEqual({
      value: foreign,
      title: 'Bring it back.',
    });
    for (const said of [null, 3, [], { title: 7 }, { title: [7] }, { title: [] }, { other: ['x'] }])
      expect(isSentence((revive({ title: 'x', said }) as { title: Text }).title)).toBe(false);
  });

  it('every value comes back as it was, whatever its keys', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('said', "said'", "said''", '__proto__', 'constructor'));
    const tree = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any')),
        tie('map'),
      ),
      map: fc.dictionary(key, tie('any')),
    }));
    fc.assert(
      fc.property(tree.any, (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(crossed(plain)).toEqual(plain);
      }),
    );
  });

  it('every sentence comes back with its form, at whatever depth', () => {
    const text: fc.Arbitrary<Text> = fc.oneof(
      fc.string(),
      fc.string().map((name) => say`${name} does not stream`),
      fc.nat().map((count) => plural(count, 'member')),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ title: text, lines: fc.array(text) })), (items) => {
        const back = crossed({ items }).items;
        const all = (list: typeof items): readonly Text[] => list.flatMap(({ title, lines }) => [title, ...lines]);
        expect(all(back).map(speak)).toEqual(all(items).map(speak));
        expect(all(back).map(isSentence)).toEqual(all(items).map(isSentence));
      }),
    );
  });

  it('what holds no sentence is handed on as it is, bytes too', () => {
    const value = { body: new Uint8Array([1, 2]), list: [{ a: 1 }] };
    expect(carry(value)).toBe(value);
    expect(revive(value)).toBe(value);
  });
});

it('an error keeps the form of what it says', () => {
  const error = new SpokenError(say`Bring it back.`);
  expect([error.message, speak(saidBy(error))]).toEqual(['Bring it back.', 'Верните его.']);
  expect(saidBy(new Error('socket hang up'))).toBe('socket hang up');
  expect(saidBy('thrown')).toBe('thrown');
});
