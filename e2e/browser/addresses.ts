// The address of every page.tsx below app/, so that a new screen is walked without being named.
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Recordings and labs name their members n1, n2, n3. */
const MEMBER = 'n1';
const ROOT = path.resolve(import.meta.dirname, '../..');

export function addresses(scope: string, folder = 'app', at = ''): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const named: Readonly<Record<string, string>> = { '[scope]': scope, '[name]': MEMBER };
      const part = named[entry.name] ?? entry.name.replace(/^\[.*\]$/, 'unknown');
      return addresses(scope, `${folder}/${entry.name}`, `${at}/${part}`);
    }
    return entry.name === 'page.tsx' ? [at === '' ? '/' : at] : [];
  });
}
