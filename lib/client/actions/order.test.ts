// An order on a screen with a clock of its own: what its person is told, what a press sends, and that nothing is sent which was
// not read.
import { describe, expect, it, test } from 'vitest';
import type { Approval } from '../../contract/access';
import { reasonSchema } from '../../contract/actions';
import type { ActionRecord, ActionRequest, Bound, Check, Preflight } from '../../domain/actions/action';
import { bind } from '../../domain/actions/bound';
import { judge } from '../../domain/actions/judge';
import { quietFacts, steady } from '../../domain/testkit';
import type { Reply } from './actions';
import { readDecision } from './decision';
import * as machine from './order';

const REQUEST: ActionRequest = { kind: 'switchover', candidate: 'n2', scheduledAt: null };
const OTHER: ActionRequest = { kind: 'switchover', candidate: 'n3', scheduledAt: null };
const SNAPSHOT = steady({ members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] });
const { scope } = SNAPSHOT;
const THEN: Bound = { ...bind(SNAPSHOT), configRevision: '7' };
const FACTS = quietFacts(SNAPSHOT);

const judged = (request: ActionRequest, bound: Bound, part: Partial<Preflight> = {}): Preflight => ({
  ...judge(request, SNAPSHOT, FACTS, SNAPSHOT.observedAt),
  checks: [],
  bound,
  ...part,
});
const blocker = (code: string, title: string): Check => ({
  code,
  verdict: 'blocker',
  title,
  detail: '',
  members: [],
  evidence: [],
});
const SECOND = blocker('second_person', 'Needs a second person');

/** A screen: it draws with each change, as a browser does, and keeps what left it. */
function screen(part: Partial<machine.Seen> = {}) {
  let now = 1_000_000;
  let keys = 0;
  let order = machine.NO_ORDER;
  const errands: machine.Errand[] = [];
  let seen: machine.Seen = {
    scope,
    request: REQUEST,
    missing: 'Choose a candidate',
    preflight: null,
    answer: null,
    answeredAt: null,
    checkFailed: false,
    lost: false,
    mode: 'act',
    stop: null,
    asked: null,
    reason: 'kernel update',
    isHeld: false,
    ...part,
  };
  const draw = () => {
    order = machine.see(order, seen, now);
  };
  const desk = {
    get order() {
      return order;
    },
    get sent() {
      return errands.flatMap((errand) => (errand.kind === 'send' ? [errand.order] : []));
    },
    get seen() {
      return seen;
    },
    get now() {
      return now;
    },
    errands,
    why: () => machine.whyNot(order, seen, now),
    needsCheck: () => machine.needsCheck(order, seen),
    wait: (ms: number) => {
      now += ms;
    },
    look: (change: Partial<machine.Seen>) => {
      seen = { ...seen, ...change };
      draw();
    },
    /** The stream brings a newer picture of the cluster. */
    sees: (bound: Bound, more: Partial<Preflight> = {}) =>
      desk.look({ preflight: judged(seen.request ?? REQUEST, bound, more) }),
    /** The server answers a check; the token names what it saw. */
    checks: (bound: Bound, more: Partial<Preflight> = {}) => {
      const preflight = judged(seen.request ?? REQUEST, bound, more);
      const token = `token of ${bound.leader}, ${bound.configRevision}, ${bound.members}`;
      desk.look({ preflight, answer: { preflight, token, facts: FACTS }, answeredAt: now });
    },
    type: (typed: string) => {
      order = { ...order, typed };
      draw();
    },
    press: () => {
      const pressed = machine.press(order, seen, now, () => `key-${++keys}`);
      if (pressed === null) return false;
      order = pressed.order;
      errands.push(pressed.errand);
      return true;
    },
    reply: (reply: Reply) => {
      const errand = errands.at(-1);
      if (errand?.kind !== 'send') throw new Error('nothing was sent');
      order = machine.replied(order, errand.decision, reply);
    },
    step: (change: (was: machine.Order) => machine.Order) => {
      order = change(order);
      draw();
    },
  };
  draw();
  return desk;
}

/** Filled in as far as the press. */
function ready(part: Partial<machine.Seen> = {}) {
  const made = screen(part);
  made.checks(THEN);
  made.type(scope);
  expect(made.why()).toBeNull();
  return made;
}

const LOST: Reply = { kind: 'lost', message: 'The connection broke off.' };
const ACTION = { id: 'a1', idempotencyKey: 'key-1' } as ActionRecord;

describe('the observation changed while it was looked at', () => {
  const CHANGES: readonly (readonly [string, Partial<Bound>, RegExp])[] = [
    ['the configuration', { configRevision: '8' }, /configuration was at revision 7, now it is at revision 8/],
    ['the leader', { leader: 'n2' }, /leader was n1, now it is n2/],
    ['the members', { members: ['n1', 'n2'] }, /n3 left the cluster/],
  ];
  test.each(CHANGES)('%s: told in words, what was typed is cleared, and it is confirmed anew', (_, change, words) => {
    const desk = ready();
    desk.checks({ ...THEN, ...change });
    expect(desk.order.changes.map(String).join('; ')).toMatch(words);
    expect(desk.order.typed).toBe('');
    desk.wait(machine.REST_MS);
    expect(desk.why()).toBe(`Type ${scope} first`);
    expect(desk.press()).toBe(false);
    desk.type(scope);
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ token: expect.stringContaining(String(Object.values(change)[0])) }]);
  });

  it('is no change where only the picture is newer', () => {
    const desk = ready();
    desk.wait(5000);
    desk.checks({ ...THEN });
    expect(desk.order).toMatchObject({ changes: [], typed: scope });
    expect(desk.why()).toBeNull();
  });

  it('rests for 1.5 s under the pointer, also where nothing is typed', () => {
    const desk = screen({ isHeld: true });
    desk.checks(THEN);
    expect(desk.why()).toBeNull();
    desk.checks({ ...THEN, leader: 'n2' });
    desk.wait(1499);
    expect(desk.why()).toBe('It just changed: read it first');
    expect(desk.press()).toBe(false);
    desk.wait(1);
    expect(desk.press()).toBe(true);
  });

  it('is asked about again where the stream saw it first, and the old token is not sent', () => {
    const desk = ready();
    desk.sees({ ...THEN, leader: 'n2' });
    expect(desk.needsCheck()).toBe(true);
    desk.type(scope);
    desk.wait(machine.REST_MS);
    expect(desk.why()).toBe('Not now: it changed, checking again');
    expect(desk.press()).toBe(false);
    desk.checks({ ...THEN, leader: 'n2' });
    expect(desk.needsCheck()).toBe(false);
    // It was told with the first sight of it: what was typed after that stands.
    expect(desk.order.changes).toHaveLength(1);
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ token: expect.stringContaining('token of n2') }]);
  });

  it('counts also when it changed back: the person saw it move', () => {
    const desk = ready();
    desk.sees({ ...THEN, leader: null });
    desk.sees(THEN);
    expect(desk.order.typed).toBe('');
    expect(desk.order.changes.map(String)).toEqual([
      'the leader was n1, now there is none',
      'there was no leader, now it is n1',
    ]);
  });

  it('counts before the first answer of the server too', () => {
    const desk = screen();
    desk.sees(THEN);
    desk.type(scope);
    desk.checks({ ...THEN, configRevision: '8' });
    expect(desk.order.typed).toBe('');
    expect(desk.order.changes).toHaveLength(1);
  });

  it('counts while another candidate is chosen, and begins anew when nothing is', () => {
    const desk = ready();
    desk.look({ request: OTHER, preflight: judged(OTHER, { ...THEN, leader: 'n2' }), answer: null });
    expect(desk.order).toMatchObject({ typed: '', changes: [expect.anything()] });
    desk.look({ request: null });
    expect(desk.why()).toBe('Choose a candidate');
    desk.look({ request: REQUEST });
    desk.checks({ ...THEN, leader: 'n2' });
    expect(desk.order).toMatchObject({ changes: [], typed: '' });
  });

  test.each([
    ['the new answer', { ...THEN, leader: 'n2' }, { ...THEN, leader: 'n2' }],
    ['the newer picture', { ...THEN, leader: 'n2' }, THEN],
  ])('is not sent by a press that comes before %s was drawn', (_, judgedOn, answeredOn) => {
    const desk = ready({ isHeld: true });
    const answer = { preflight: judged(REQUEST, answeredOn), token: 'a token', facts: FACTS };
    const seen: machine.Seen = { ...desk.seen, preflight: judged(REQUEST, judgedOn), answer };
    expect(machine.press(desk.order, desk.seen, desk.now, () => 'key')).not.toBeNull();
    expect(machine.press(desk.order, seen, desk.now, () => 'key')).toBeNull();
  });

  it('keeps the newest only, however long it goes on', () => {
    const desk = ready();
    for (let revision = 8; revision < 40; revision += 1) desk.checks({ ...THEN, configRevision: String(revision) });
    expect(desk.order.changes.length).toBeLessThanOrEqual(10);
    expect(String(desk.order.changes.at(-1))).toContain('revision 39');
  });
});

describe('the check', () => {
  it('is too old after 15 s without another answer', () => {
    const desk = ready();
    desk.wait(15_000);
    expect(desk.why()).toBeNull();
    desk.wait(1);
    expect(desk.why()).toBe('Not now: the last check is too old');
    expect(desk.press()).toBe(false);
    desk.checks(THEN);
    expect(desk.press()).toBe(true);
  });

  it('is waited for: a press during it sends nothing, then or later', () => {
    const desk = screen({ isHeld: true });
    desk.sees(THEN);
    expect(desk.why()).toBe('Checking');
    expect(desk.press()).toBe(false);
    desk.checks(THEN);
    expect(desk.errands).toEqual([]);
  });

  it('that failed is no check', () => {
    const desk = screen({ isHeld: true });
    desk.sees(THEN);
    desk.look({ checkFailed: true });
    expect(desk.why()).toBe('Not now: the check failed');
    expect(desk.press()).toBe(false);
  });

  it('with a blocker forbids, in its words', () => {
    const desk = ready();
    desk.checks(THEN, { checks: [blocker('candidate', 'n2 does not stream')] });
    expect(desk.why()).toBe('Not now: n2 does not stream');
    expect(desk.press()).toBe(false);
    desk.checks(THEN, { checks: [{ ...blocker('candidate', 'n2 lags'), verdict: 'warning' }] });
    expect(desk.why()).toBeNull();
  });

  it('is of no use while the connection is lost', () => {
    const desk = ready();
    desk.look({ lost: true });
    expect(desk.press()).toBe(false);
  });
});

describe('what the person gives', () => {
  test.each(['', '  ', 'ab', '  ab  '])('the reason %j is too short here and at the server', (reason) => {
    const desk = ready();
    desk.look({ reason });
    expect(desk.why()).toBe('Give a reason first');
    expect(desk.press()).toBe(false);
    expect(reasonSchema.safeParse(reason).success).toBe(false);
  });

  it('a reason of three letters is enough here and at the server, and is sent without its spaces', () => {
    const desk = ready();
    desk.look({ reason: ' abc ' });
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ reason: 'abc', confirmation: scope }]);
    expect(reasonSchema.safeParse(' abc ').success).toBe(true);
  });

  it('another word than the cluster confirms nothing', () => {
    const desk = ready();
    desk.type(`${scope}x`);
    expect(desk.why()).toBe(`Type ${scope} first`);
    expect(desk.press()).toBe(false);
  });

  it('a hold stands for what is typed', () => {
    const desk = screen({ isHeld: true });
    desk.checks(THEN);
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ confirmation: scope }]);
  });
});

describe('a second press', () => {
  it('before the answer sends nothing', () => {
    const desk = ready();
    expect([desk.press(), desk.press()]).toEqual([true, false]);
    desk.checks(THEN);
    expect(desk.press()).toBe(false);
    expect(desk.sent).toHaveLength(1);
  });

  it('after it was accepted sends nothing, however long the screen stays', () => {
    const desk = ready();
    desk.press();
    desk.reply({ kind: 'accepted', action: ACTION });
    desk.checks(THEN);
    expect(desk.press()).toBe(false);
    // Chosen anew it is another order.
    desk.look({ request: null });
    desk.look({ request: REQUEST });
    desk.type(scope);
    expect(desk.press()).toBe(true);
    expect(desk.sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2']);
  });

  it('after a refusal because the cluster changed needs the confirmation anew', () => {
    const desk = ready();
    desk.press();
    desk.reply({
      kind: 'refused',
      message: 'the cluster changed',
      details: { changes: ['the leader was n1, now it is n2'], blockers: [], running: null },
    });
    expect(desk.order.typed).toBe('');
    expect(desk.needsCheck()).toBe(true);
    expect(desk.press()).toBe(false);
    desk.checks({ ...THEN, leader: 'n2' });
    desk.wait(machine.REST_MS);
    desk.type(scope);
    expect(desk.press()).toBe(true);
    expect(desk.sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2']);
  });

  it('after another refusal keeps what was typed; another request takes the refusal away', () => {
    const desk = ready();
    desk.press();
    desk.reply({ kind: 'refused', message: 'another action runs', details: null });
    expect(desk.order).toMatchObject({ typed: scope, fate: { kind: 'refused' } });
    desk.look({ request: OTHER });
    expect(desk.order.fate).toEqual({ kind: 'ready' });
  });
});

describe('no answer', () => {
  const unanswered = () => {
    const desk = ready();
    desk.press();
    desk.reply(LOST);
    return desk;
  };

  it('is looked for, and nothing is sent meanwhile', () => {
    const desk = unanswered();
    expect(desk.order.fate).toMatchObject({ kind: 'uncertain', found: null, isLooking: true });
    expect(desk.why()).toBe('Not now: an earlier press waits for its answer');
    desk.checks(THEN);
    expect(desk.press()).toBe(false);
    desk.step((was) => machine.looked(was, 'unreachable'));
    expect(desk.press()).toBe(false);
  });

  it('that is found is accepted', () => {
    const desk = unanswered();
    desk.step((was) => machine.looked(was, ACTION));
    expect(desk.order.fate).toEqual({ kind: 'accepted' });
    expect(desk.press()).toBe(false);
  });

  it('that did not arrive may be sent again under its own key, also while it is looked for once more', () => {
    const desk = unanswered();
    desk.step((was) => machine.looked(was, 'absent'));
    desk.step(machine.look);
    expect(desk.order.fate).toMatchObject({ isLooking: true, found: 'absent' });
    expect(desk.press()).toBe(true);
    expect(desk.sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-1']);
    // The look from before comes too late to say anything.
    desk.step((was) => machine.looked(was, 'absent'));
    expect(desk.order.fate).toEqual({ kind: 'sending' });
  });

  it('stands in the way of another request, until it is given up', () => {
    const desk = unanswered();
    desk.look({ request: OTHER });
    desk.checks(THEN);
    desk.step((was) => machine.looked(was, 'unreachable'));
    desk.step(machine.leave);
    expect(desk.why()).toBe('Not now: an earlier press waits for its answer');
    desk.step((was) => machine.looked(was, 'absent'));
    expect(desk.press()).toBe(false);
    desk.step(machine.leave);
    expect(desk.press()).toBe(true);
    expect(desk.sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2']);
  });

  it('of a page that was left is looked for before anything is chosen', () => {
    const store = new Map<string, string>();
    const text = JSON.stringify({ key: 'kept', scope, request: REQUEST, reason: 'kernel update', sentAt: 5 });
    store.set('howdah-decision', text);
    const left = readDecision({ getItem: (name) => store.get(name) ?? null, setItem: () => {}, removeItem: () => {} });
    if (left === null) throw new Error('the drawer is empty');
    const desk = screen({ request: null, isHeld: true });
    desk.step((was) => machine.unanswered(was, left, 'left'));
    desk.look({ request: REQUEST });
    desk.checks(THEN);
    expect(desk.press()).toBe(false);
    desk.step((was) => machine.looked(was, 'absent'));
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ idempotencyKey: 'kept' }]);
  });

  it('pauses longer after each look, 8 s at most', () => {
    const pauses = [1, 2, 3, 4, 5, 50].map(machine.lookPauseMs);
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });
});

describe('a second person', () => {
  const needed = { checks: [SECOND] };
  const who = { byPolicy: false, isApprover: false, isAlone: false };
  const waiting = { id: 'p1', state: 'waiting' } as Approval;

  it('is asked where the check or a policy says so, and by nobody who is one', () => {
    const preflight = judged(REQUEST, THEN, needed);
    expect(machine.modeOf(judged(REQUEST, THEN), who)).toBe('act');
    expect(machine.modeOf(null, { ...who, byPolicy: true })).toBe('ask');
    expect(machine.modeOf(preflight, who)).toBe('ask');
    expect(machine.modeOf(preflight, { ...who, isAlone: true })).toBe('alone');
    expect(machine.modeOf(preflight, { ...who, isApprover: true })).toBe('approve');
    // Breaking the glass is nothing where nobody else is needed.
    expect(machine.modeOf(judged(REQUEST, THEN), { ...who, isAlone: true })).toBe('act');
  });

  it('stands in the way of one who acts', () => {
    const desk = screen({ isHeld: true });
    desk.checks(THEN, needed);
    expect(desk.why()).toBe('Not now: Needs a second person');
    expect(desk.press()).toBe(false);
  });

  it('is asked once by a press, without typing, and sends no action', () => {
    const desk = screen({ mode: 'ask' });
    desk.checks(THEN, needed);
    expect([desk.press(), desk.press()]).toEqual([true, false]);
    expect(desk.why()).toBe('Asking');
    expect(desk.errands).toEqual([{ kind: 'ask', draft: { request: REQUEST, reason: 'kernel update' } }]);
  });

  it('is not asked while a request for the same waits, again after it was declined', () => {
    const desk = screen({ mode: 'ask', asked: waiting });
    desk.checks(THEN, needed);
    expect(desk.why()).toBe('Waits for a second person');
    expect(desk.press()).toBe(false);
    desk.look({ asked: { ...waiting, state: 'declined' } });
    expect(desk.press()).toBe(true);
  });

  it('is not asked where something else forbids it', () => {
    const desk = screen({ mode: 'ask' });
    desk.checks(THEN, { checks: [SECOND, blocker('candidate', 'n2 does not stream')] });
    expect(desk.why()).toBe('Not now: n2 does not stream');
  });

  it('is done without only with a longer reason, and says so', () => {
    const desk = screen({ mode: 'alone', reason: 'too short' });
    desk.checks(THEN, needed);
    desk.type(scope);
    expect(desk.why()).toBe('Give a reason of at least 10 characters first');
    desk.look({ reason: 'nobody else is awake' });
    expect(desk.press()).toBe(true);
    expect(desk.sent).toMatchObject([{ breakGlass: true }]);
  });

  it('who approves confirms like anybody, and not where they may not decide', () => {
    const desk = screen({ mode: 'approve', stop: 'You cannot approve your own' });
    desk.checks(THEN, needed);
    desk.type(scope);
    expect(desk.press()).toBe(false);
    desk.look({ stop: null });
    desk.checks({ ...THEN, leader: 'n2' }, needed);
    desk.wait(machine.REST_MS);
    expect(desk.why()).toBe(`Type ${scope} first`);
    desk.type(scope);
    expect(desk.press()).toBe(true);
  });
});
