// Quantities as Russian writes them: the decimal comma, the units, the months; and lists of names. The English ones are those of
// words.ts and of the screens' format.ts. Pure. Names in a list stay as they are.

const UNITS: Readonly<Record<string, string>> = {
  B: 'Б',
  KiB: 'КиБ',
  MiB: 'МиБ',
  GiB: 'ГиБ',
  TiB: 'ТиБ',
  PiB: 'ПиБ',
  ms: 'мс',
  s: 'с',
  min: 'мин',
  h: 'ч',
  d: 'д',
};

const WORDS: Readonly<Record<string, string>> = {
  unknown: 'неизвестно',
  idle: 'простаивает',
  never: 'никогда',
};

const MONTHS: Readonly<Record<string, string>> = {
  Jan: 'янв.',
  Feb: 'февр.',
  Mar: 'марта',
  Apr: 'апр.',
  May: 'мая',
  Jun: 'июня',
  Jul: 'июля',
  Aug: 'авг.',
  Sep: 'сент.',
  Oct: 'окт.',
  Nov: 'нояб.',
  Dec: 'дек.',
};

/** As formatInstant and the clock of a report write them: the same in both languages. */
const INSTANT = /^(?:\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}(?::\d{2})?(?: (?:UTC|[-+]\d{2}:?\d{2}))?$/;
/** Patroni's states, spelt as in patroni-states.ts: they stay as they are. */
const STATE =
  'running|streaming|in archive recovery|starting|restarting|stopping|stopped|crashed|start failed|restart failed|stop failed|creating replica|initiali?zing new cluster|initdb failed|running custom bootstrap script|custom bootstrap failed|starting after custom bootstrap';
const STATE_CHANGE = new RegExp(`^(?:${STATE})(?: to (?:${STATE}))+$`);
/** `max_connections 100 to 200`: a parameter's name, what it was, what it will be. */
const SETTING_CHANGE = /^([a-z][\w.]*(?: \S+)?) to (\S+)$/;
const SETTING = /_| [\d'-]| (?:on|off|replica|logical|minimal) /;

const LENGTH_MAX = 400;
const NUMBER = '[-+\u2212]?\\d[\\d\u2009]*(?:\\.\\d+)?';
const UNIT = Object.keys(UNITS).join('|');
const QUANTITY = new RegExp(`^${NUMBER} (?:${UNIT})(?: \\d+ (?:min|s))?(?:/s)?$`);
const BYTES = /^([\d\u2009]+) bytes?$/;
const DAY = /^(\d{1,2}) ([A-Z][a-z]{2})((?: \d{4})?(?: \d{2}:\d{2}(?::\d{2})?)?)$/;
const NAMES = /^([^\s,]+(?:, [^\s,]+)*) and ([^\s,]+)$/;

/** One, few, many: 1 участник, 2 участника, 5 участников. A fraction takes few. */
export function pluralRu(count: number): 0 | 1 | 2 {
  if (!Number.isInteger(count)) return 1;
  const [tens, ones] = [Math.abs(count) % 100, Math.abs(count) % 10];
  if (tens >= 11 && tens <= 14) return 2;
  return ones === 1 ? 0 : ones >= 2 && ones <= 4 ? 1 : 2;
}

/** null: no quantity, no list of names. */
export function leafRu(text: string): string | null {
  if (text.length > LENGTH_MAX) return null;
  if (Object.hasOwn(WORDS, text)) return WORDS[text] ?? null;
  if (INSTANT.test(text)) return text;
  if (QUANTITY.test(text)) {
    return text
      .replace(/\/s$/, '/с')
      .replace(/[A-Za-z]+/g, (unit) => UNITS[unit] ?? unit)
      .replace('.', ',');
  }
  const [, bytes] = BYTES.exec(text) ?? [];
  if (bytes !== undefined) return `${bytes} ${pluralRu(Number(bytes.replace(/\D/g, ''))) === 1 ? 'байта' : 'байт'}`;
  const [, day = '', month = '', rest = ''] = DAY.exec(text) ?? [];
  if (Object.hasOwn(MONTHS, month)) return `${day} ${MONTHS[month]}${rest}`;
  const [, names, last] = NAMES.exec(text) ?? [];
  if (names !== undefined) return `${names} и ${last}`;
  if (STATE_CHANGE.test(text)) return text.replaceAll(' to ', ' → ');
  const [, from, to] = (SETTING.test(text) ? SETTING_CHANGE.exec(text) : null) ?? [];
  return from === undefined ? null : `${from} → ${to}`;
}
