import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposition, formatFor, type Sample, sampleLines } from './exposition';
import { FAMILIES, FAMILY_NAMES, familyOf, sampleName } from './family';

const SAMPLES: readonly Sample[] = [
  { family: 'howdah_streams', labels: {}, value: 2 },
  { family: 'howdah_cluster_snapshots', labels: { scope: 'a' }, value: 7 },
  { family: 'howdah_cluster', labels: { scope: 'a', source: 's' }, value: 1 },
  { family: 'howdah_cluster_snapshots', labels: { scope: 'b' }, value: 1.5 },
  { family: 'howdah_cluster_pause_age_seconds', labels: { scope: 'a' }, value: 1e21 },
];

describe('the table of families', () => {
  it('has names that end in their unit, and none that says its type twice', () => {
    for (const name of FAMILY_NAMES) {
      const { unit, type, help } = familyOf(name);
      expect(name).toMatch(/^(howdah|process)_[a-z0-9_]+$/);
      if (unit !== null) expect(name.endsWith(`_${unit}`)).toBe(true);
      else expect(name).not.toMatch(/_(seconds|bytes|ratio)$/);
      expect(name).not.toMatch(/_(total|info|count|sum|bucket|created)$/);
      expect(type === 'info' ? unit : null).toBeNull();
      expect(help.length).toBeGreaterThan(5);
    }
    expect(new Set(FAMILY_NAMES.map(sampleName)).size).toBe(FAMILY_NAMES.length);
  });

  it('never has a label whose values nobody bounds', () => {
    const bounded = new Set(
      'scope member source system_identifier health code severity state role witness outcome stage upstream kind thread'.split(
        ' ',
      ),
    );
    for (const name of ['version', 'node_version', 'patroni_version', 'postgres_version']) bounded.add(name);
    for (const extra of ['receiver', 'result', 'stream', 'entry', 'listener', 'verdict']) bounded.add(extra);
    const found = new Set(Object.values(FAMILIES).flatMap(({ labels }) => [...labels]));
    expect([...found].filter((label) => !bounded.has(label))).toEqual([]);
  });
});

describe('the text of Prometheus 0.0.4', () => {
  it('has families in the order of the table, each in one piece, counters and infos by the name of their samples', () => {
    expect(
      exposition([sampleLines(SAMPLES)], 'prometheus')
        .split('\n')
        .filter((line) => !line.startsWith('# HELP')),
    ).toEqual([
      '# TYPE howdah_cluster_info gauge',
      'howdah_cluster_info{scope="a",source="s"} 1',
      '# TYPE howdah_cluster_pause_age_seconds gauge',
      'howdah_cluster_pause_age_seconds{scope="a"} 1e+21',
      '# TYPE howdah_cluster_snapshots_total counter',
      'howdah_cluster_snapshots_total{scope="a"} 7',
      'howdah_cluster_snapshots_total{scope="b"} 1.5',
      '# TYPE howdah_streams gauge',
      'howdah_streams 2',
      '',
    ]);
  });
});

describe('the text of OpenMetrics 1.0', () => {
  it('names the family of a counter without _total, says units, and ends with EOF', () => {
    expect(
      exposition([sampleLines(SAMPLES)], 'openmetrics')
        .split('\n')
        .filter((line) => !line.startsWith('# HELP')),
    ).toEqual([
      '# TYPE howdah_cluster info',
      'howdah_cluster_info{scope="a",source="s"} 1',
      '# TYPE howdah_cluster_pause_age_seconds gauge',
      '# UNIT howdah_cluster_pause_age_seconds seconds',
      'howdah_cluster_pause_age_seconds{scope="a"} 1e+21',
      '# TYPE howdah_cluster_snapshots counter',
      'howdah_cluster_snapshots_total{scope="a"} 7',
      'howdah_cluster_snapshots_total{scope="b"} 1.5',
      '# TYPE howdah_streams gauge',
      'howdah_streams 2',
      '# EOF',
      '',
    ]);
  });
});

describe('a sample', () => {
  it('that is not a number is left out, and its family with it', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const samples = values.map((value): Sample => ({ family: 'howdah_streams', labels: {}, value }));
    expect(exposition([sampleLines(samples)], 'prometheus')).toBe('\n');
  });

  it('with the labels of an earlier one is left out, also where only half a character tells them apart', () => {
    const twins = ['\ud800', '\udc00', '\ufffd'];
    const samples = twins.map(
      (scope, value): Sample => ({ family: 'howdah_cluster_paused', labels: { scope }, value }),
    );
    expect(sampleLines(samples)).toEqual({ howdah_cluster_paused: ['howdah_cluster_paused{scope="\ufffd"} 0'] });
  });

  it('of whatever name stays one line and gives the name back', () => {
    const labelled = /^howdah_cluster_paused\{scope="((?:\\.|[^\\"\n])*)"\} 1$/s;
    const back = { '\\\\': '\\', '\\"': '"', '\\n': '\n' } as Readonly<Record<string, string>>;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (scope) => {
        const [line = ''] =
          sampleLines([{ family: 'howdah_cluster_paused', labels: { scope }, value: 1 }]).howdah_cluster_paused ?? [];
        const [, text = ''] = labelled.exec(line) ?? ['', 'no match'];
        expect(text.replace(/\\[\\"n]/g, (found) => back[found] ?? '')).toBe(scope);
      }),
    );
  });
});

describe('the format', () => {
  const PROMETHEUS_2 =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const PROMETHEUS_3_TEXT =
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.2';
  it.each([
    [null, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
    [PROMETHEUS_2, 'openmetrics'],
    [PROMETHEUS_3_TEXT, 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version="1.0.0"; charset=utf-8', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0;q=0', 'prometheus'],
    ['application/openmetrics-text;q=0.3,text/plain;q=0.5', 'prometheus'],
    ['application/openmetrics-text;q=x', 'prometheus'],
  ])('asked for by %s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
