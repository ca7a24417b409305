import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAMILY_NAMES, familyOf, sampleName } from './family';

const DOCS = join(import.meta.dirname, '../../../docs');

describe('docs/metrics.md', () => {
  it('has each family with its type, unit, labels and meaning, and no other', () => {
    const page = readFileSync(join(DOCS, 'metrics.md'), 'utf8');
    const rows = page.split('\n').filter((line) => /^\| `/.test(line));
    const expected = FAMILY_NAMES.map((name) => {
      const { type, unit, labels, help } = familyOf(name);
      const kind = unit === null ? type : `${type}, ${unit.replaceAll('_', ' ')}`;
      return `| \`${sampleName(name)}\` | ${kind} | ${labels.join(', ') || '-'} | ${help} |`;
    });
    expect([...rows].sort()).toEqual([...expected].sort());
  });
});

describe.each(['howdah-rules.yml', 'howdah-dashboard.json'])('docs/prometheus/%s', (file) => {
  it('names only metrics that /metrics has', () => {
    const text = readFileSync(join(DOCS, 'prometheus', file), 'utf8');
    const known = new Set(FAMILY_NAMES.map(sampleName));
    const named = new Set([...text.matchAll(/\b(?:howdah|process)_[a-z0-9_]+/g)].map(([name]) => name));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });
});
