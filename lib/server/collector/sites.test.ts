import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../domain/cluster';
import { Sites } from './sites';

const snapshot = (scope: string, systemIdentifier: string | null, observedAt = 1): Snapshot =>
  ({ scope, observedAt, cluster: { systemIdentifier } }) as unknown as Snapshot;

describe('clusters by their identifier', () => {
  it('are told of the others with the same one, as last seen, and no longer of one that is gone or another cluster now', () => {
    const sites = new Sites();
    const of = (scope: string) => sites.of(scope).map((one) => `${one.scope}@${one.observedAt}`);
    for (const scope of ['b', 'a', 'c']) sites.saw(snapshot(scope, '7'));
    sites.saw(snapshot('d', '8'));
    sites.saw(snapshot('e', null));
    expect([of('a'), of('d'), of('e'), of('nobody')]).toEqual([['b@1', 'c@1'], [], [], []]);
    sites.saw(snapshot('b', '7', 2));
    expect(of('a')).toEqual(['b@2', 'c@1']);
    sites.saw(snapshot('b', '8', 3));
    expect([of('a'), of('d')]).toEqual([['c@1'], ['b@3']]);
    sites.gone('c');
    expect([of('a'), of('c')]).toEqual([[], []]);
  });
});
