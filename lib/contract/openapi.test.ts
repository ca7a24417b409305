import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../domain/cluster';
import { fleetRow } from '../domain/fleet';
import { buildSnapshot } from '../domain/snapshot';
import { readFrames } from '../server/collector/replay';
import { Sampler } from '../server/collector/sampler';
import { historySchema } from './history-schema';
import { OPERATIONS, openapiDocument } from './openapi';
import { ROUTES } from './routes';
import { fleetRowSchema, snapshotSchema } from './schema';

const API = join(import.meta.dirname, '../../app/api');
const TESTDATA = join(import.meta.dirname, '../domain/testdata');

/** `GET /api/health`, from the names that the route files export. */
function routes(folder: string, path: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return routes(join(folder, entry.name), `${path}/${entry.name.replace(/^\[(.*)\]$/, '{$1}')}`);
    // next-auth's own, see docs/security.md.
    if (entry.name !== 'route.ts' || path.includes('nextauth')) return [];
    const exported = readFileSync(join(folder, entry.name), 'utf8').matchAll(
      /export const (GET|POST|PUT|PATCH|DELETE) /g,
    );
    return [...exported].map(([, method]) => `${method} ${path}`);
  });
}

describe('the published API', () => {
  it('describes every route and no other', () => {
    expect(OPERATIONS.map(({ method, path }) => `${(method ?? 'get').toUpperCase()} ${path}`).sort()).toEqual(
      routes(API, '/api').sort(),
    );
  });

  it('has a rule for every route of who may ask it, and each file names its own', () => {
    const files = [...routes(API, '/api'), ...routes(join(API, '../metrics'), '/metrics')];
    expect(Object.keys(ROUTES).sort()).toEqual(files.sort());
    for (const key of files) {
      const [, path = ''] = key.split(' ');
      const file = join(API, '..', path.replaceAll('{', '[').replaceAll('}', ']'), 'route.ts');
      expect(readFileSync(file, 'utf8')).toContain(`'${key}'`);
    }
  });

  it('is a document without a reference that leads nowhere', () => {
    const text = JSON.stringify(openapiDocument('1.2.3'));
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
    const known = Object.keys((JSON.parse(text) as { components: { schemas: object } }).components.schemas);
    expect([...new Set(references)].every((reference) => known.includes(reference ?? ''))).toBe(true);
  });

  it.each(readdirSync(TESTDATA).sort())('%s is sent exactly as it is described', (scenario) => {
    const sampler = new Sampler();
    let before: Snapshot | null = null;
    for (const raw of readFrames(join(TESTDATA, scenario))) {
      const built = buildSnapshot(raw, before, 12);
      before = built.snapshot;
      sampler.add(built.snapshot, built.changes);
    }
    if (before === null) throw new Error('no frames');
    const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(snapshotSchema.safeParse(sent(before)).error).toBeUndefined();
    expect(fleetRowSchema.safeParse(sent(fleetRow(before, sampler.spark(before.observedAt)))).error).toBeUndefined();
    expect(historySchema.safeParse(sent(sampler.history('demo', before.observedAt))).error).toBeUndefined();
  });
});
