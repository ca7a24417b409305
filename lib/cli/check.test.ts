// `howdah check` and `howdah wait` against a Howdah that is scripted: exit codes, lines, what is kept between two runs.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATHS } from '../contract/paths';
import { steady } from '../domain/testkit';
import { type Api, ApiFailed } from './api';
import { type CheckValues, check } from './check';
import { wait } from './wait';

const printed = vi.hoisted(() => ({ out: [] as string[] }));
vi.mock('./print', async (original) => ({
  ...(await original<typeof import('./print')>()),
  out: (text: string) => void printed.out.push(text),
}));

const MEMBERS = [{ name: 'n1' }, { name: 'n2' }];
const fresh = (spec: Partial<Parameters<typeof steady>[0]> = {}) => ({
  ...steady({ members: MEMBERS, ...spec }),
  observedAt: Date.now(),
});
const row = (scope: string, health: string, title: string | null) =>
  ({ scope, health, headline: title === null ? null : { title } }) as unknown;

function apiOf(answers: Readonly<Record<string, unknown>>): Api {
  const get = async (path: string) => {
    const answer = answers[path];
    const value = typeof answer === 'function' ? answer() : answer;
    if (value instanceof Error) throw value;
    if (value === undefined) throw new ApiFailed('not_found', `no ${path}`, 404, null);
    return value;
  };
  return { get } as unknown as Api;
}

const run = (
  answers: Readonly<Record<string, unknown>>,
  args: readonly string[],
  values: CheckValues = {},
  json = false,
) => check(() => apiOf(answers), args, values, json);

beforeEach(() => {
  printed.out = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('check', () => {
  it('of all clusters says the worst first', async () => {
    const clusters = [row('a', 'ok', null), row('b', 'warning', 'lag'), row('c', 'critical', 'nothing accepts writes')];
    expect(await run({ [PATHS.clusters]: { clusters } }, [])).toBe(2);
    expect(printed.out[0]).toBe(
      'HEALTH CRITICAL - c: nothing accepts writes, and 1 more | clusters=3 troubled=2\ncritical: c: nothing accepts writes\nwarning: b: lag',
    );
    expect(await run({ [PATHS.clusters]: { clusters: clusters.slice(0, 1) } }, [])).toBe(0);
    expect(await run({ [PATHS.clusters]: { clusters: [row('a', 'unknown', 'not seen')] } }, [])).toBe(3);
    expect(await run({ [PATHS.clusters]: { clusters: [] } }, [])).toBe(3);
  });

  it('of a cluster, plain and as JSON', async () => {
    const answers = { [PATHS.cluster('demo')]: fresh() };
    expect(await run(answers, ['demo'])).toBe(0);
    expect(printed.out[0]).toMatch(/^HEALTH OK - healthy, 2 members \| /);
    expect(await run(answers, ['cluster_has_leader', 'demo'], {}, true)).toBe(0);
    expect(JSON.parse(printed.out[1] ?? '')).toMatchObject({ check: 'cluster_has_leader', status: 'OK' });
  });

  it.each([
    [['demo'], {}, /nothing there/],
    [['cluster_has_leader'], {}, /expected one cluster/],
    [['cluster_nonsense', 'demo'], {}, /unknown check/],
    [['a', 'b', 'c'], {}, /expected howdah check/],
    [['demo'], { 'max-age': 'soon' }, /--max-age in seconds/],
  ])('%j %j is UNKNOWN, never a state of the cluster', async (args, values, words) => {
    const lost = new Error('nothing there');
    const answers = { [PATHS.cluster('demo')]: args[0] === 'demo' ? lost : fresh() };
    expect(await run(answers, args, values)).toBe(3);
    expect(printed.out[0]).toMatch(/ UNKNOWN - /);
    expect(printed.out[0]).toMatch(words);
  });

  it('keeps what it compares with, and does not forget a change until it is told to', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'howdah-check-')), 'timeline');
    const values = { member: 'n1', 'state-file': file };
    const at = (timeline: number) => ({
      [PATHS.cluster('demo')]: fresh({ members: MEMBERS.map((member) => ({ ...member, timeline })) }),
    });
    const ask = (timeline: number, more: CheckValues = {}) =>
      run(at(timeline), ['node_tl_has_changed', 'demo'], { ...values, ...more });
    expect(await ask(2)).toBe(0);
    expect(await ask(2)).toBe(0);
    expect(await ask(3)).toBe(2);
    expect(await ask(3)).toBe(2);
    expect(await ask(3, { save: true })).toBe(2);
    expect(await ask(3)).toBe(0);
    writeFileSync(file, 'somebody else wrote this');
    expect(await ask(3)).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('somebody else wrote this');
  });
});

describe('wait', () => {
  const waited = (answers: Readonly<Record<string, unknown>>, condition: string, timeout = '0') =>
    wait(apiOf(answers), 'demo', { for: condition, timeout });

  it('ends when it is so', async () => {
    const answers = { [PATHS.cluster('demo')]: fresh(), [PATHS.actions('demo')]: { actions: [{ phase: 'closed' }] } };
    for (const condition of ['ok', 'leader', 'writable', 'streaming', 'idle'])
      expect(await waited(answers, condition)).toBe(0);
  });

  it('says what is missing, once, and goes on while Howdah is away', async () => {
    vi.useFakeTimers();
    const looks = [new Error('Howdah does not answer'), fresh({ leader: null }), fresh({ leader: null }), fresh()];
    const end = waited({ [PATHS.cluster('demo')]: () => looks.shift() }, 'leader', '60');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await end).toBe(0);
    expect(printed.out).toEqual(['demo: Howdah does not answer', 'demo: nobody leads', 'demo: leader']);
  });

  it('gives up in time', async () => {
    const running = { phase: 'open', request: { kind: 'switchover' } };
    const answers = { [PATHS.cluster('demo')]: fresh(), [PATHS.actions('demo')]: { actions: [running] } };
    expect(await waited(answers, 'idle')).toBe(1);
    expect(printed.out).toEqual(['demo: switchover runs', 'demo: not idle within 0 s']);
  });

  it('does not wait for what will not change', async () => {
    const refused = new ApiFailed('not_signed_in', 'unknown token', 401, null);
    await expect(waited({ [PATHS.cluster('demo')]: refused }, 'ok', '60')).rejects.toThrow(/unknown token/);
    await expect(waited({}, 'happy')).rejects.toThrow(/--for ok, leader/);
    await expect(waited({}, 'ok', 'long')).rejects.toThrow(/--timeout in seconds/);
  });
});
