// A statement without what people put into it: every literal becomes `?`, comments go. Where the text is cut, or a quote can be read
// in two ways, everything behind is left out: a masked statement may lose its shape, never show a value. Pure.

const SHOWN_MAX = 300;
const MASK = '?';

/** What begins here, at this place of the text. */
const TOKEN = new RegExp(
  [
    /(?<comment>--[^\n]*|\/\*)/,
    /(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)/,
    /(?<parameter>\$\d+)/,
    /(?<quote>(?:[eEbBxXnN]|[uU]&)?')/,
    /(?<identifier>(?:[uU]&)?")/,
    /(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/,
    /(?<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

/** `SET app.user = john` needs no quotes. */
const SETTING = /^\s*SET\s+(?:(?:SESSION|LOCAL)\s+)?[\w."]+\s*(?:=|\sTO\b)/i;

export function masked(statement: string): string {
  const [setting] = SETTING.exec(statement) ?? [];
  if (setting !== undefined) return shown(`${setting} ${MASK}`);
  let out = '';
  let at = 0;
  while (at < statement.length && out.length < 4 * SHOWN_MAX) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(statement)?.groups;
    const [kind, text] = Object.entries(groups ?? {}).find(([, found]) => found !== undefined) ?? ['other', undefined];
    const token = text ?? statement[at] ?? '';
    const end = endOf(kind, token, statement, at);
    if (kind === 'comment') out += ' ';
    else if (kind === 'quote' || kind === 'dollar' || kind === 'number') out += MASK;
    else if (kind === 'identifier' && end !== null) out += statement.slice(at, end);
    else if (kind !== 'identifier') out += token;
    if (end === null) return shown(`${out} …`);
    at = end;
  }
  return shown(out);
}

/** null: it does not end, or where is not certain. */
function endOf(kind: string, token: string, statement: string, at: number): number | null {
  const from = at + token.length;
  if (kind === 'comment') return token === '/*' ? commentEnd(statement, from) : from;
  if (kind === 'dollar') {
    const end = statement.indexOf(token, from);
    return end < 0 ? null : end + token.length;
  }
  if (kind === 'identifier') return quoteEnd(statement, from, '"');
  if (kind !== 'quote') return from;
  const end = quoteEnd(statement, from, "'");
  // E'\'' goes on behind the backslash, and so does a plain one where standard_conforming_strings is off.
  return end === null || statement.slice(from, end).includes('\\') ? null : end;
}

function quoteEnd(statement: string, from: number, quote: string): number | null {
  for (let at = from; at < statement.length; at += 1) {
    if (statement[at] !== quote) continue;
    if (statement[at + 1] !== quote) return at + 1;
    at += 1;
  }
  return null;
}

/** They nest. */
function commentEnd(statement: string, from: number): number | null {
  let depth = 1;
  for (let at = from; at < statement.length - 1; at += 1) {
    const two = statement.slice(at, at + 2);
    if (two === '/*') depth += 1;
    else if (two === '*/') depth -= 1;
    else continue;
    if (depth === 0) return at + 2;
    at += 1;
  }
  return null;
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX - 1)}…` : line;
}
