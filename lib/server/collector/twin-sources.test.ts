import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../domain/cluster';
import { steady } from '../../domain/testkit';
import { type SourceSight, twinSources } from './twin-sources';

const { cluster } = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const sight = (source: string, ...clusters: readonly (readonly [string, Cluster])[]): SourceSight => ({
  source,
  clusters: new Map(clusters),
});
const said = (...sights: readonly SourceSight[]): readonly string[] =>
  twinSources(sights).map(({ source, text }) => `${source} ${text}`);
const elsewhere: Cluster = {
  ...cluster,
  members: cluster.members.map((member) => ({ ...member, apiUrl: `http://10.9.${member.name}:8008` })),
};

describe('two sources of one DCS', () => {
  it('are said once, at the later one, with the clusters that have two names', () => {
    const lines = said(
      sight('prod', ['demo', cluster], ['shop', cluster]),
      sight('ops', ['demo', cluster], ['shop', cluster]),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ops reads what prod reads already: demo, shop\. .* `scopes`$/);
  });

  it('name five and count the rest', () => {
    const all = Array.from({ length: 9 }, (_, index) => [`c${index}`, cluster] as const);
    expect(said(sight('prod', ...all), sight('ops', ...all))[0]).toContain('c0, c1, c2, c3, c4 and 4 more');
  });
});

describe('nothing is said', () => {
  it('of two clusters with one name', () => {
    const other = { ...cluster, systemIdentifier: '7999999999999999999' };
    expect(said(sight('prod', ['demo', cluster]), sight('ops', ['demo', other]))).toEqual([]);
  });

  it('of a standby cluster that has the identifier and the name of its source: other nodes', () => {
    expect(said(sight('prod', ['demo', cluster]), sight('far', ['demo', elsewhere]))).toEqual([]);
  });

  it('of one DCS whose clusters are divided among two sources', () => {
    expect(said(sight('prod', ['demo', cluster]), sight('ops', ['shop', cluster]))).toEqual([]);
  });

  it('while the identifier is not known', () => {
    const blind = { ...cluster, systemIdentifier: null };
    expect(said(sight('prod', ['demo', blind]), sight('ops', ['demo', blind]))).toEqual([]);
  });
});
