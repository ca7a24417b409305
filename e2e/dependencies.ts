// What Howdah is shipped with, checked before it is: licences that Apache-2.0 may stand beside, no package that runs a script when
// it is installed but the known ones, what is installed is what the lock file names, and no known vulnerability, where the
// registry answers that question. `node --import tsx e2e/dependencies.ts`, a step of `npm test`.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const AUDIT_MS = 60_000;

const ALLOWED: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0'],
  ...['MPL-2.0', 'OFL-1.1', 'PostgreSQL', 'Python-2.0', 'Unlicense'],
]);

/** Others, and why they may be here. */
const EXCEPTIONS: readonly { readonly name: RegExp; readonly licence: string; readonly why: string }[] = [
  { name: /^caniuse-lite$/, licence: 'CC-BY-4.0', why: 'data about browsers, used while building and not shipped' },
  {
    name: /^@img\/sharp-(libvips-)?[a-z0-9-]+$/,
    licence: 'LGPL-3.0-or-later',
    why: 'optional part of next, loaded by nothing (images.unoptimized)',
  },
];

/** They only choose or check a binary that npm has already brought. */
const KNOWN_SCRIPTS: ReadonlySet<string> = new Set(['esbuild', 'protobufjs', 'fsevents', '@photostructure/sqlite']);

export interface LockedPackage {
  /** As in node_modules, the innermost name. */
  readonly name: string;
  /** `node_modules/a/node_modules/b` */
  readonly folder: string;
  readonly version: string | null;
  readonly licence: string | null;
  readonly isDev: boolean;
  readonly isOptional: boolean;
  readonly hasScript: boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function parseLock(source: string): LockedPackage[] {
  const lock: unknown = JSON.parse(source);
  const packages = isObject(lock) && isObject(lock.packages) ? lock.packages : null;
  if (packages === null) throw new Error('package-lock.json names no packages');
  return Object.entries(packages).flatMap(([folder, entry]) => {
    if (folder === '' || !isObject(entry)) return [];
    return {
      name: text(entry.name) ?? folder.replace(/^.*node_modules\//, ''),
      folder,
      version: text(entry.version),
      licence: text(entry.license),
      isDev: entry.dev === true || entry.devOptional === true,
      isOptional: entry.optional === true || entry.devOptional === true,
      hasScript: entry.hasInstallScript === true,
    };
  });
}

/** `(MIT OR GPL-2.0)` is fine by its first half, `MIT AND GPL-2.0` is not. */
export function isAllowed(
  expression: string,
  allowed: (licence: string) => boolean = (one) => ALLOWED.has(one),
): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  return bare
    .split(/\s+OR\s+/i)
    .some((half) => half.split(/\s+AND\s+/i).every((one) => allowed(one.replace(/[()]/g, '').trim())));
}

/** What package.json of an installed package says; null: it is not installed. */
export type Manifest = { readonly version: string | null; readonly licence: string | null } | null;

/** What is wrong, one line each. */
export function judge(packages: readonly LockedPackage[], manifestOf: (folder: string) => Manifest): string[] {
  return packages.flatMap((locked) => {
    const { name, folder, version, isDev, isOptional, hasScript } = locked;
    const manifest = manifestOf(folder);
    const wrong: string[] = [];
    if (hasScript && !KNOWN_SCRIPTS.has(name)) wrong.push(`${name} runs a script when it is installed`);
    if (manifest !== null && version !== null && manifest.version !== version)
      wrong.push(`${folder} is ${manifest.version ?? 'of unknown version'}, the lock file names ${version}`);
    if (manifest === null && !isOptional && !isDev) wrong.push(`${folder} is in the lock file and not installed`);
    if (isDev) return wrong;
    const licence = manifest?.licence ?? locked.licence;
    const also = EXCEPTIONS.filter((exception) => exception.name.test(name)).map((exception) => exception.licence);
    // For other machines than this one: their licence is checked where they are installed.
    const isElsewhere = manifest === null && isOptional && licence === null;
    if (!isElsewhere && (licence === null || !isAllowed(licence, (one) => ALLOWED.has(one) || also.includes(one))))
      wrong.push(`${name} is under ${licence ?? 'no licence that is named'}`);
    return wrong;
  });
}

function readManifest(folder: string): Manifest {
  const file = path.join(ROOT, folder, 'package.json');
  if (!existsSync(file)) return null;
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(manifest)) return { version: null, licence: null };
  const { license } = manifest;
  return { version: text(manifest.version), licence: text(isObject(license) ? license.type : license) };
}

export type Audit = { readonly kind: 'silent' } | { readonly kind: 'known'; readonly serious: readonly string[] };

/** The answer of `npm audit --json`. Silent: the registry does not answer that question, or npm could not ask it. */
export function readAudit(output: string): Audit {
  let report: unknown;
  try {
    report = JSON.parse(output.slice(Math.max(0, output.indexOf('{'))));
  } catch {
    return { kind: 'silent' };
  }
  if (!isObject(report) || !isObject(report.vulnerabilities) || !isObject(report.metadata)) return { kind: 'silent' };
  const serious = Object.entries(report.vulnerabilities).flatMap(([name, found]) => {
    const severity = isObject(found) ? text(found.severity) : null;
    return severity === 'high' || severity === 'critical' ? `${name} has a known vulnerability (${severity})` : [];
  });
  return { kind: 'known', serious };
}

function runAudit(): Promise<string> {
  return new Promise((resolve) => {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT, stdio: [...stdio], timeout: AUDIT_MS });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    child.once('error', () => resolve(''));
    child.once('close', () => resolve(output));
  });
}

async function main(): Promise<number> {
  const packages = parseLock(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const wrong = judge(packages, readManifest);
  const audit = readAudit(await runAudit());
  const shipped = packages.filter(({ isDev }) => !isDev).length;
  console.log(`${shipped} packages are shipped, ${packages.length - shipped} only build and test`);
  for (const { licence, why } of EXCEPTIONS) console.log(`${licence}: ${why}`);
  if (audit.kind === 'silent') console.log('npm audit: not asked, this registry does not answer it');
  else console.log(`npm audit: ${audit.serious.length} known vulnerabilities that are high or critical`);
  const all = [...wrong, ...(audit.kind === 'known' ? audit.serious : [])];
  for (const line of all) console.error(line);
  return all.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
