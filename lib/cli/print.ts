// What the command line prints: tables for people, JSON for scripts.
import { writeSync } from 'node:fs';

export function out(text: string): void {
  writeAll(1, `${text}\n`);
}

export function err(text: string): void {
  writeAll(2, `${text}\n`);
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
  const plain = head.map((cell) => cell.trim());
  const widths = plain.map((cell, index) => Math.max(cell.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return head[index]?.startsWith(' ') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(plain), ...rows.map(line)].join('\n');
}

/** `2026-11-21 03:00:00 UTC`; null: `never`. */
export function when(at: number | null): string {
  return at === null ? 'never' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
