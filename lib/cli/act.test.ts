// An action from the command line: what is asked before, that it is sent once, and what the exit code says.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActionOrder } from '../contract/actions';
import { PATHS } from '../contract/paths';
import type { ActionRecord, ActionRequest, Check, Preflight } from '../domain/actions/action';
import { type ActOptions, act, EXIT } from './act';
import { type Api, ApiFailed } from './api';

const printed = vi.hoisted(() => ({ out: [] as string[], err: [] as string[] }));
vi.mock('./print', async (original) => ({
  ...(await original<typeof import('./print')>()),
  out: (text: string) => void printed.out.push(text),
  err: (text: string) => void printed.err.push(text),
}));

const PAUSE: ActionRequest = { kind: 'pause', owner: null, until: null, autoResume: false };
const OPTIONS: ActOptions = { reason: 'a good one', yes: true, json: false, detach: false, breakGlass: false };
const record = (change: Partial<ActionRecord>): ActionRecord =>
  ({ id: 'a1', scope: 'demo', phase: 'open', requestedAt: 0, steps: [], outage: null, ...change }) as ActionRecord;
const check = (verdict: Check['verdict'], title: string): Check =>
  ({ verdict, title, detail: null }) as unknown as Check;

let posts: { readonly path: string; readonly body: ActionOrder }[];
let gets: string[];
interface Answers {
  readonly checks?: readonly Check[];
  readonly confirm?: string | null;
  readonly start?: () => ActionRecord;
  /** What each look at the action says, the last one again and again. */
  readonly looks?: readonly (ActionRecord | Error)[];
  readonly known?: (order: ActionOrder) => readonly ActionRecord[];
}

function apiOf({ checks = [], confirm = null, start = () => record({}), looks = [], known = () => [] }: Answers): Api {
  let look = 0;
  const preflight = { checks, confirm, verb: 'Pause', summary: 'Pause demo', outage: null, atRisk: null };
  const api = {
    post: async (path: string, body: ActionOrder) => {
      if (path.startsWith(PATHS.preflight('demo')))
        return { preflight: preflight as unknown as Preflight, token: 't1', path };
      posts.push({ path, body });
      return { action: start() };
    },
    get: async (path: string) => {
      gets.push(path);
      if (path === PATHS.actions('demo')) return { actions: known(posts[0]?.body as ActionOrder) };
      const next = looks[Math.min(look++, looks.length - 1)];
      if (next instanceof Error) throw next;
      return { action: next };
    },
  };
  return api as unknown as Api;
}
const closed = (outcome: ActionRecord['outcome'], outcomeText = 'in words'): ActionRecord =>
  record({ phase: 'closed', outcome, outcomeText });

beforeEach(() => {
  [posts, gets, printed.out, printed.err] = [[], [], [], []];
  // Nobody waits here.
  vi.stubGlobal('setTimeout', (go: () => void) => setImmediate(go));
});
afterEach(() => vi.unstubAllGlobals());

describe('the exit code', () => {
  it.each([
    ['done', EXIT.done],
    ['scheduled', EXIT.done],
    ['done_differently', EXIT.failed],
    ['refused', EXIT.failed],
    ['failed', EXIT.failed],
    ['unknown', EXIT.unknown],
  ] as const)('of an action that ended %s is %i, and it is said in words', async (outcome, code) => {
    expect(await act(apiOf({ looks: [record({}), closed(outcome)] }), 'demo', PAUSE, OPTIONS)).toBe(code);
    expect(printed.out).toContain(`${outcome}: in words`);
    expect(posts).toHaveLength(1);
  });

  it('is that of a wrong argument without a reason, and nobody is asked anything', async () => {
    for (const reason of [null, '', ' ab '])
      expect(await act(apiOf({}), 'demo', PAUSE, { ...OPTIONS, reason })).toBe(EXIT.usage);
    expect([posts, gets]).toEqual([[], []]);
  });
});

describe('before it is sent', () => {
  it('a blocker ends it: nothing is sent, also with --yes', async () => {
    const checks = [check('blocker', 'demo is already paused'), check('warning', 'careful')];
    expect(await act(apiOf({ checks }), 'demo', PAUSE, OPTIONS)).toBe(EXIT.failed);
    expect(posts).toEqual([]);
    expect(printed.out).toEqual(['Pause demo', '  refused: demo is already paused', '  warning: careful']);
  });

  it('nobody can be asked without a terminal: nothing is sent without --yes', async () => {
    expect(await act(apiOf({}), 'demo', PAUSE, { ...OPTIONS, yes: false, json: true })).toBe(EXIT.failed);
    expect(posts).toEqual([]);
    expect(printed.err.join()).toContain('add --yes');
  });

  it('the order carries the token of the preflight, what has to be typed, and a key of its own', async () => {
    const looks = [closed('done')];
    await act(apiOf({ confirm: 'demo', looks }), 'demo', PAUSE, OPTIONS);
    await act(apiOf({ looks }), 'demo', PAUSE, { ...OPTIONS, breakGlass: true });
    const [first, second] = posts.map(({ body }) => body);
    expect(first).toMatchObject({ request: PAUSE, token: 't1', reason: 'a good one', confirmation: 'demo' });
    expect([first?.breakGlass, second?.breakGlass, second?.confirmation]).toEqual([undefined, true, null]);
    expect(first?.idempotencyKey).toMatch(/^cli-.{36}$/);
    expect(first?.idempotencyKey).not.toBe(second?.idempotencyKey);
  });
});

describe('a lost answer', () => {
  const lost = (): never => {
    throw new Error('Howdah does not answer');
  };

  it('is looked for by its key and followed, never sent again', async () => {
    const known = (order: ActionOrder) => [
      record({ id: 'other', idempotencyKey: 'cli-other' }),
      record({ id: 'mine', idempotencyKey: order.idempotencyKey }),
    ];
    const api = apiOf({ start: lost, known, looks: [closed('done')] });
    expect(await act(api, 'demo', PAUSE, OPTIONS)).toBe(EXIT.done);
    expect(posts).toHaveLength(1);
    expect(gets).toEqual([PATHS.actions('demo'), PATHS.action('demo', 'mine')]);
  });

  it('of which nobody knows is unknown, not failed', async () => {
    expect(await act(apiOf({ start: lost }), 'demo', PAUSE, OPTIONS)).toBe(EXIT.unknown);
    expect(posts).toHaveLength(1);
  });

  it.each([502, 503, 504])(
    'is also a %i of a proxy on the way, which knows nothing of what became of it',
    async (status) => {
      const start = (): never => {
        throw new ApiFailed('internal', `Howdah answered ${status}`, status, null);
      };
      expect(await act(apiOf({ start }), 'demo', PAUSE, OPTIONS)).toBe(EXIT.unknown);
    },
  );

  it('is not a refusal in words: that is told as it is', async () => {
    const start = (): never => {
      throw new ApiFailed('changed', 'the leader changed', 409, null);
    };
    await expect(act(apiOf({ start }), 'demo', PAUSE, OPTIONS)).rejects.toThrow('the leader changed');
    expect(gets).toEqual([]);
  });
});

describe('while it runs', () => {
  it('each step is told once, and a Howdah that is away for a moment does not end it', async () => {
    const step = (key: string, reachedAt: number | null) => ({ key, title: `${key} reached`, reachedAt });
    const steps = [step('written', 1000), step('taken_up', null)] as unknown as ActionRecord['steps'];
    const later = [step('written', 1000), step('taken_up', 3000)] as unknown as ActionRecord['steps'];
    const looks = [
      record({ steps }),
      new Error('Howdah does not answer'),
      new ApiFailed('not_ready', 'starting', 503, null),
      { ...closed('done'), steps: later },
    ];
    expect(await act(apiOf({ looks }), 'demo', PAUSE, OPTIONS)).toBe(EXIT.done);
    expect(printed.out.filter((line) => line.includes('reached')).map((line) => line.trim())).toEqual([
      '1 s  written reached',
      '3 s  taken_up reached',
    ]);
  });

  it('a token that is revoked ends it with an error', async () => {
    const looks = [new ApiFailed('not_signed_in', 'not signed in', 401, null)];
    await expect(act(apiOf({ looks }), 'demo', PAUSE, OPTIONS)).rejects.toThrow('not signed in');
  });

  it('nobody waits with --detach', async () => {
    expect(await act(apiOf({}), 'demo', PAUSE, { ...OPTIONS, detach: true })).toBe(EXIT.done);
    expect([gets, printed.out.at(-1)]).toEqual([[], 'started: a1']);
  });

  it('with --json nothing but one document is printed', async () => {
    await act(apiOf({ looks: [closed('done')] }), 'demo', PAUSE, { ...OPTIONS, json: true });
    expect(printed.out).toHaveLength(1);
    expect(JSON.parse(printed.out[0] ?? '')).toMatchObject({ id: 'a1', outcome: 'done' });
  });
});
