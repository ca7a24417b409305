// What a run says at its end, from the reports of its runners.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  lastLine,
  type Outcome,
  readPlaywright,
  readVitest,
  renderSlowest,
  renderTroubles,
  type Trouble,
  tooManyTries,
} from './test-report';

const trouble = (kind: Trouble['kind'], test = 'a test', error = 'why'): Trouble => ({
  kind,
  file: '/r/a.ts',
  test,
  error,
});
const outcome = (passed: number, ...troubles: Trouble[]): Outcome => ({
  passed,
  failed: troubles.filter(({ kind }) => kind === 'failed').length,
  troubles,
  times: [],
});
function written(report: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'howdah-report-')), 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return file;
}

describe('the last line', () => {
  it('counts what passed and failed, and what was left out only where something was', () => {
    expect(lastLine([outcome(3), outcome(4, trouble('failed'))])).toBe('7 passed, 1 failed');
    expect(lastLine([outcome(3, trouble('skipped'), trouble('skipped')), outcome(4)])).toBe(
      '7 passed, 0 failed, 2 skipped',
    );
    expect(lastLine([outcome(3, trouble('flaky'))])).toBe('3 passed, 0 failed');
  });
});

describe('second tries', () => {
  it('are a failure of their own from the third on, in whatever steps they were', () => {
    const two = [outcome(5, trouble('flaky')), outcome(5, trouble('flaky'))];
    expect(tooManyTries(two)).toBeNull();
    const three = tooManyTries([...two, outcome(1, trouble('flaky'))]);
    expect(three).toMatchObject({ passed: 0, failed: 1 });
    expect(three?.troubles[0]?.error).toContain('3 tests passed only at the second try, at most 2 may');
  });
});

describe('the list', () => {
  it('has failures first, then second tries, then what was left out, each with its reason', () => {
    const troubles = [trouble('skipped', 'c', 'needs etcd'), trouble('flaky', 'b'), trouble('failed', 'a')];
    expect(renderTroubles([{ step: 'unit', outcome: outcome(0, ...troubles) }], '/r')).toEqual([
      'FAILED unit: a.ts: a: why',
      'flaky (passed at the second try) unit: a.ts: b: why',
      'skipped unit: a.ts: c: needs etcd',
    ]);
  });
});

describe('the slowest tests', () => {
  const timed = (ms: number, test: string) => ({ file: '/r/a.ts', test, ms });

  it('are twenty of all runners, the slowest first, and none that took no time', () => {
    const many = Array.from({ length: 30 }, (_, at) => timed(2000 + at, `test ${at}`));
    const lines = renderSlowest(
      [
        { step: 'unit', outcome: { ...outcome(30), times: many } },
        { step: 'lab', outcome: { ...outcome(1), times: [timed(90_000, 'a failover')] } },
      ],
      '/r',
    );
    expect(lines).toHaveLength(21);
    expect(lines.slice(0, 3)).toEqual([
      'the slowest 20 tests',
      '  90.0 s lab: a.ts: a failover',
      '   2.0 s unit: a.ts: test 29',
    ]);
    expect(renderSlowest([{ step: 'unit', outcome: { ...outcome(1), times: [timed(3, 'quick')] } }], '/r')).toEqual([]);
  });
});

describe('a report of vitest', () => {
  it('with all that passed is a success, and a runner that died, or ran nothing, is none', () => {
    const good = written({ passed: 5, troubles: [trouble('skipped')], times: [] });
    expect(readVitest(good, 0)).toMatchObject({ passed: 5, failed: 0 });
    expect(readVitest(good, 137)).toMatchObject({ passed: 5, failed: 1 });
    expect(readVitest('/nowhere/report.json', 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(readVitest(written({ passed: 0, troubles: [trouble('skipped')], times: [] }), 0)).toMatchObject({
      failed: 1,
    });
  });
});

describe('a report of Playwright', () => {
  const spec = (title: string, status: string, more: object = {}) => ({
    ...{ title, file: 'a.spec.ts' },
    tests: [
      {
        status,
        results: [
          { status: 'x', duration: 5, errors: [{ message: 'first' }] },
          { status: 'y', duration: 2 },
        ],
        ...more,
      },
    ],
  });

  it('tells what was expected from second tries, failures and what was left out with its reason', () => {
    const specs = [
      spec('good', 'expected'),
      spec('again', 'flaky'),
      spec('bad', 'unexpected'),
      spec('out', 'skipped', { annotations: [{ type: 'skip', description: 'needs Chromium' }] }),
      spec('mute', 'skipped'),
    ];
    const report = written({ config: { rootDir: '/r' }, suites: [{ title: 'a.spec.ts', specs }] });
    const { passed, failed, troubles, times } = readPlaywright(report, 1);
    expect([passed, failed]).toEqual([2, 1]);
    expect(times[1]).toEqual({ file: '/r/a.spec.ts', test: 'again', ms: 7 });
    expect(troubles.map(({ kind, test, error }) => `${kind} ${test}: ${error}`)).toEqual([
      'flaky again: first',
      'failed bad: first',
      'skipped out: needs Chromium',
      'skipped mute: no reason given',
    ]);
  });
});
