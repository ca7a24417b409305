// How a name fits on a tile: on one line, on two, or without its middle. By estimated widths, so that the server, the tests and every
// browser agree. Pure.

/** Widths in em of Inter at weight 600. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[iljI.,:;'|! ]/, 0.3],
  [/[ftr\-_()[\]/]/, 0.44],
  [/[mMW@%ЖШЩЮМжшщюмфыФЫ]/, 0.92],
  [/w/, 0.82],
  [/[A-Z0-9А-Я…]/, 0.7],
];
const OTHER = 0.575;

export function textWidth(text: string, px: number): number {
  let em = 0;
  for (const char of text) em += WIDTHS.find(([kind]) => kind.test(char))?.[1] ?? OTHER;
  return em * px;
}

/** One line, without its middle where it is too long. */
export function cutMiddle(name: string, width: number, px: number): string {
  if (textWidth(name, px) <= width) return name;
  const chars = [...name];
  for (let kept = chars.length - 1; kept > 2; kept -= 1) {
    const head = Math.ceil((kept - 1) / 2);
    const text = `${chars.slice(0, head).join('')}…${chars.slice(-(kept - 1 - head)).join('')}`;
    if (textWidth(text, px) <= width) return text;
  }
  return `${chars[0] ?? ''}…`;
}

/** One or two lines, none wider than `width`. Breaks where the name has a seam; what is too long loses its middle. */
export function fitName(name: string, width: number, px: number): readonly string[] {
  const fits = (text: string): boolean => textWidth(text, px) <= width;
  if (fits(name)) return [name];
  const seams = [...name.matchAll(/[-_./ ]/g)].map(({ index }) => index + 1);
  const pairs = seams
    .map((at) => [name.slice(0, at), name.slice(at)] as const)
    .filter(([head, tail]) => tail !== '' && fits(head) && fits(tail));
  const balance = ([head, tail]: readonly [string, string]): number => Math.abs(head.length - tail.length);
  const [best] = pairs.sort((a, b) => balance(a) - balance(b));
  if (best !== undefined) return best;
  const chars = [...name];
  const half = Math.ceil(chars.length / 2);
  const halves = [chars.slice(0, half).join(''), chars.slice(half).join('')];
  if (halves.every(fits)) return halves;
  let head = chars.length;
  while (head > 1 && !fits(chars.slice(0, head).join(''))) head -= 1;
  let tail = chars.length;
  while (tail > 1 && !fits(`…${chars.slice(-tail).join('')}`)) tail -= 1;
  return [chars.slice(0, head).join(''), `…${chars.slice(-tail).join('')}`];
}
