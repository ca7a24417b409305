// What the command line prints: tables for people, JSON for scripts. Names and texts come from nodes that may be anybody's: what a
// terminal would obey never reaches it.
import { writeSync } from 'node:fs';

/** Escape sequences of 7 and 8 bits, a return to the beginning of the line, what turns the direction of writing. Tabs and line breaks stay. */
const OBEYED = /\r(?!\n)|[^\P{Cc}\t\r\n]|[\p{Bidi_Control}\u2028\u2029]/gu;

export function out(text: string): void {
  writeAll(1, `${harmless(text)}\n`);
}

export function err(text: string): void {
  writeAll(2, `${harmless(text)}\n`);
}

/** Written as JSON writes it, so that JSON stays what it was. */
export function harmless(text: string): string {
  return text.replace(OBEYED, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** A pipe may take less than all at once, or say "later". */
function writeAll(fd: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
    }
  }
}

/** Columns as wide as their widest cell; numbers to the right where a column's head begins with a space. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => harmless(cell).replace(/[\t\r\n]/g, ' ')));
  const plain = head.map((cell) => cell.trim());
  const widths = plain.map((cell, index) =>
    cells.reduce((most, row) => Math.max(most, (row[index] ?? '').length), cell.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return head[index]?.startsWith(' ') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(plain), ...cells.map(line)].join('\n');
}

/** `2026-11-21 03:00:00 UTC`; null: `never`. */
export function when(at: number | null): string {
  return at === null ? 'never' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
