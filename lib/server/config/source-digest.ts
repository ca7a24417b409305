// Are two readings of a source the same? Its secrets count: a changed password is a changed source. The digest stays in this process.
import { createHash } from 'node:crypto';
import type { SourceConfig } from './config';

const known = new WeakMap<SourceConfig, string>();

export function sourceDigest(source: SourceConfig): string {
  const found = known.get(source) ?? digestOf(source);
  known.set(source, found);
  return found;
}

/** Of any part of the settings. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(plain(value)) ?? '')
    .digest('hex');
}

/** Of all of them in their order, which names clusters. */
export function sourcesDigest(sources: readonly SourceConfig[]): string {
  return createHash('sha256').update(sources.map(sourceDigest).join()).digest('hex');
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('reveal' in value && typeof value.reveal === 'function') return { secret: String(value.reveal()) };
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => [key, plain(part)]);
}
