// What a package is made of: a list of parts for machines (CycloneDX) and their licences with their texts for people. The parts are the
// packages of the lock file that Howdah runs with, whether they are files of their own or were bundled into pages.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LockedPackage, parseLock } from '../dependencies';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** They build, or are parts of others that we do without. Others' types are no part of what runs. */
const NOT_SHIPPED =
  /^(@esbuild\/.*|esbuild|tsx|fsevents|get-tsconfig|resolve-pkg-maps|@next\/swc-.*|@img\/.*|sharp|@emnapi\/.*|detect-libc|@types\/.*|caniuse-lite|baseline-browser-mapping|postcss|nanoid|picocolors|source-map-js)$/;

export interface Part {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly purl: string;
  /** What the licence asks to be passed on. */
  readonly texts: readonly string[];
}

/** `has`: is this folder of node_modules in the package? Asked of what is there for one platform only. */
export function partsOf(locked: readonly LockedPackage[], has: (name: string) => boolean): Part[] {
  const parts = locked
    .filter(({ name, isDev }) => !isDev && !NOT_SHIPPED.test(name))
    .filter(({ name, isOptional }) => !isOptional || has(name))
    .map(({ name, folder, version, licence }) => ({
      name,
      version: version ?? 'unknown',
      licence: licence ?? 'unknown',
      purl: `pkg:npm/${name.replace('@', '%40')}@${version ?? 'unknown'}`,
      texts: textsIn(path.join(ROOT, folder)),
    }));
  // The same version may lie in several folders.
  return [...new Map(parts.map((part) => [part.purl, part])).values()];
}

/** Parts of parts: what Next has bundled into itself, and SQLite in its binding. */
function innerParts(app: string): Part[] {
  const compiled = path.join(app, 'node_modules/next/dist/compiled');
  const inner = readdirSync(compiled).flatMap((entry) => {
    const names = entry.startsWith('@')
      ? readdirSync(path.join(compiled, entry)).map((name) => `${entry}/${name}`)
      : [entry];
    return names.flatMap((name) => {
      const texts = textsIn(path.join(ROOT, 'node_modules/next/dist/compiled', name));
      const licence = licenceIn(path.join(ROOT, 'node_modules/next/dist/compiled', name, 'package.json'));
      if (texts.length === 0 && licence === null) return [];
      return [
        {
          name: `${name} (inside next)`,
          version: 'as bundled by next',
          licence: licence ?? 'see its text',
          purl: '',
          texts,
        },
      ];
    });
  });
  const sqlite = {
    name: 'SQLite (inside @photostructure/sqlite)',
    version: 'as bundled by it',
    licence: 'public domain',
  };
  return [...inner, { ...sqlite, purl: '', texts: [] }];
}

function licenceIn(file: string): string | null {
  if (!existsSync(file)) return null;
  const { license }: { license?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
  return typeof license === 'string' ? license : null;
}

export function textsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name))
    .map((entry) => readFileSync(path.join(folder, entry.name), 'utf8').trim());
}

/** Writes both files into the package's folder. `also`: what a package has besides, such as Node itself. */
export function writeLicences(folder: string, also: readonly Part[] = []): void {
  const app = path.join(folder, 'app');
  const locked = parseLock(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const parts = [...partsOf(locked, (name) => existsSync(path.join(app, 'node_modules', name))), ...also];
  const unnamed = packagesIn(path.join(app, 'node_modules')).filter(
    (name) => !parts.some((part) => part.name === name),
  );
  if (unnamed.length > 0) throw new Error(`shipped and in no list of parts: ${unnamed.join(', ')}`);
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  writeFileSync(path.join(folder, 'sbom.cdx.json'), `${JSON.stringify(billOf(version, parts), null, 2)}\n`);
  const sections = [...parts, ...innerParts(app)].map(
    ({ name, version: of, licence, texts }) => `${'='.repeat(100)}\n${name} ${of}: ${licence}\n\n${texts.join('\n\n')}`,
  );
  const head = 'Howdah is under the Apache License 2.0 (LICENSE). What else is in this package, and its licences:';
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENCES.txt'), `${[head, ...sections].join('\n\n')}\n`);
}

/** CycloneDX 1.6, without what would differ from one making to the next. */
export function billOf(version: string, parts: readonly Part[]): object {
  const licences = (licence: string): object[] =>
    /\s/.test(licence)
      ? [{ expression: licence }]
      : [{ license: licence.startsWith('LicenseRef-') ? { name: licence } : { id: licence } }];
  const own = { type: 'application', name: 'howdah', version, licenses: licences('Apache-2.0') };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...own, purl: `pkg:npm/howdah@${version}`, 'bom-ref': `pkg:npm/howdah@${version}` } },
    components: [...parts]
      .sort((a, b) => (a.purl < b.purl ? -1 : 1))
      .map(({ name, version: of, licence, purl }) => ({
        type: 'library',
        name,
        version: of,
        licenses: licences(licence),
        purl,
        'bom-ref': purl,
      })),
  };
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(path.join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
