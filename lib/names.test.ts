// Names are chosen by others: none of them breaks the core, what it keeps, or what crosses to the browser.
import { describe, expect, it } from 'vitest';
import { appendSample, chartSeries, lineFacts, sampleOf } from './client/past/chart-series';
import { snapshotSchema } from './contract/cluster';
import { packTicks, unpackTicks } from './domain/history/pack';
import { columnsOf } from './domain/history/series';
import { tickOf } from './domain/history/tick';
import { renderPreflights } from './domain/render';
import { HEAD, memberOf, NOW, play, quietFacts, steady } from './domain/testkit';
import { Sampler } from './server/collector/sampler';

const NAMES = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '50%',
  '%ff',
  'a b',
  '..',
  'a/b',
  'n\u0000x',
  '\ufffd\ufffd',
  'ключ',
  '<b>',
  "o'brien",
];

describe('a member by the name of', () => {
  it.each(NAMES)('%j is a member like others, in the core and in what is kept of it', (name) => {
    const spec = { members: [{ name: 'a' }, { name }, { name: 'c', lsn: HEAD - 4096 }] };
    const snapshot = steady(spec);
    expect(snapshot.health).toBe('ok');
    expect(memberOf(snapshot, name)).toMatchObject({ replication: { kind: 'streaming', upstream: 'a' } });
    expect(snapshot.readiness.candidates.map(({ member, eligible }) => [member, eligible])).toContainEqual([
      name,
      true,
    ]);
    expect(renderPreflights(snapshot, quietFacts(snapshot))).toContain(`switchover to ${name}`);
    expect(snapshotSchema.safeParse(JSON.parse(JSON.stringify(snapshot))).error?.issues ?? []).toEqual([]);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(JSON.parse(JSON.stringify(structuredClone(snapshot))));
    const tick = tickOf(snapshot);
    expect(unpackTicks(packTicks([tick]))?.map(({ members }) => Object.keys(members))).toEqual([
      ['a', name, 'c'].sort(),
    ]);
    const columns = columnsOf([tick], NOW - 60_000, NOW + 60_000, 5000);
    expect(Object.entries(columns.members).find(([member]) => member === name)?.[1].replayBytes).toContain(0);
  });

  it.each(NAMES)('%j has its line in the charts', (name) => {
    const { all } = play([0, 1, 2].map(() => ({ members: [{ name: 'a' }, { name, lsn: HEAD - 4096 }] })));
    const sampler = new Sampler();
    for (const snapshot of all) sampler.add(snapshot, []);
    const history = sampler.history('demo', NOW + 2000);
    expect(Object.entries(history.members).find(([member]) => member === name)?.[1].replayBytes).toContain(4096);
    const tail = all.map(sampleOf).reduce(appendSample, [] as ReturnType<typeof appendSample>);
    const series = chartSeries('replay', undefined, tail, [name]);
    expect(series).not.toBeNull();
    if (series !== null) expect(lineFacts(series)).toEqual([expect.objectContaining({ line: name, worst: 4096 })]);
  });
});
