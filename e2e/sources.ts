// The sources as the tests of the style read them: which files there are, their text, their code without comments, and what each
// imports. Type imports count.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

function walk(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['testdata', 'node_modules'].includes(entry.name) ? [] : walk(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

export const files = ['app', 'components', 'lib', 'e2e'].flatMap(walk);
export const text = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

export const isTest = (file: string): boolean => /\.test\.tsx?$|\/(test-[\w-]+|testkit)\.ts$/.test(file);

/** Code without comments; text in quotes stays. */
export const code = (file: string): string =>
  (text.get(file) ?? '').replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

/** Files of ours by their path, without the ending where the import has none; packages by their name. */
export function importsOf(file: string): string[] {
  const forms = /^(?:import|export)\b[^;'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;
  const names = [...code(file).matchAll(forms)].flatMap(([, a, b, c]) => a ?? b ?? c ?? []);
  return names.map((name) => {
    if (name.startsWith('@/')) return name.slice(2);
    return name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), name)) : name;
  });
}
