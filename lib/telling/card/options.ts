// What a person can do now: at most three options, best first, each with the preflight's own verdict and what it costs in words.
// The same rows judge here, in the dialog and at the server, so that a refused option says the server's reason. Pure.
import { denial } from '../../domain/access/access';
import type { ActionFacts, ActionRequest, Preflight } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import { outageWords } from '../../domain/actions/expected-outage';
import { judge as judgeRequest } from '../../domain/actions/judge';
import { unseenLoss } from '../../domain/actions/loss';
import { stepRequest } from '../../domain/actions/step-request';
import type { Alert } from '../../domain/alerts/alert';
import type { Cause } from '../../domain/cause/cause';
import type { Snapshot } from '../../domain/cluster';
import { formatBytes, formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { CARD_RULES, type Situation, type Wish } from './rules';

interface OptionBase {
  /** Stable while the same thing is offered. */
  readonly key: string;
  readonly title: Text;
  /** What it costs: sentences. */
  readonly cost: readonly Cost[];
  /** Why it is refused; null: it may be done, as far as is known. */
  readonly refused: Text | null;
}

export interface Cost {
  readonly text: Text;
  /** Something may be lost. */
  readonly loss: boolean;
}

export interface ActOption extends OptionBase {
  readonly kind: 'act';
  readonly request: ActionRequest;
  readonly preflight: Preflight;
  readonly warnings: number;
  /** Refused only because one person is not enough: somebody else can be asked. */
  readonly needsSecond: boolean;
}

export interface TakeOption extends OptionBase {
  readonly kind: 'take';
  readonly alerts: readonly string[];
}

export type CardOption = ActOption | TakeOption;

export interface Choosing {
  readonly snapshot: Snapshot;
  readonly alerts: readonly Alert[];
  readonly facts: ActionFacts | null;
  readonly led: string | null;
  readonly now: number;
}

const OPTIONS_MAX = 3;

export function chooseOptions(choosing: Choosing): readonly CardOption[] {
  const { snapshot, alerts, led } = choosing;
  const untaken = alerts.filter(
    ({ scope, state, acknowledged }) => scope === snapshot.scope && state === 'firing' && acknowledged === null,
  );
  const situation: Situation = { snapshot, cluster: snapshot.cluster, led, untaken };
  const rules = CARD_RULES.flatMap((rule) => rule.wish(situation) ?? []);
  const wishes = [...(snapshot.cause === null ? [] : causeWishes(snapshot.cause)), ...rules];
  const keys = wishes.map(keyOf);
  const all = wishes
    .filter((_, index) => keys.indexOf(keys[index] ?? '') === index)
    .map((wish) => judge(wish, choosing, untaken));
  const first = all.slice(0, OPTIONS_MAX);
  const possible = all.find(({ refused }) => refused === null);
  const kept =
    possible === undefined || first.includes(possible) ? first : [...first.slice(0, OPTIONS_MAX - 1), possible];
  return [...kept.filter(({ refused }) => refused === null), ...kept.filter(({ refused }) => refused !== null)];
}

/** What the cluster page advises comes first here too. */
function causeWishes({ steps }: Cause): Wish[] {
  return steps.flatMap(({ action }) =>
    action === null ? [] : [{ kind: 'act' as const, request: stepRequest(action) }],
  );
}

const keyOf = (wish: Wish): string => (wish.kind === 'take' ? 'take' : canonical(wish.request));

function judge(wish: Wish, choosing: Choosing, untaken: readonly Alert[]): CardOption {
  return wish.kind === 'take' ? take(choosing, untaken) : judgeAction(wish.request, choosing);
}

/** Also for a request that no rule asked for: the confirm step of another candidate. */
export function judgeAction(request: ActionRequest, { snapshot, facts, now, led }: Choosing): ActOption {
  const judged = judgeRequest(request, snapshot, facts, now);
  const blockers = judged.checks.filter(({ verdict }) => verdict === 'blocker');
  const [first] = blockers;
  return {
    kind: 'act',
    key: canonical(request),
    title: judged.verb,
    cost: costOf(judged, snapshot, led),
    refused: first?.title ?? null,
    request,
    preflight: judged,
    warnings: judged.checks.filter(({ verdict }) => verdict === 'warning').length,
    needsSecond: blockers.length > 0 && blockers.every(({ code }) => code === 'second_person'),
  };
}

function take({ snapshot, facts, led }: Choosing, untaken: readonly Alert[]): TakeOption {
  const rights = facts?.rights ?? null;
  // To wait is only advised where somebody will act.
  const comes = ['leader_gone_election_due', 'leader_postgres_dead'].includes(snapshot.cause?.code ?? '');
  const waits = comes && led !== null;
  return {
    kind: 'take',
    key: 'take',
    title: waits ? say`Wait for ${led}, take this incident` : say`Take this incident`,
    cost: [{ text: say`Changes nothing in the cluster. Nobody is told again while it lasts.`, loss: false }],
    refused: rights === null ? null : denial(rights.grants, 'acknowledge', snapshot, rights.admins),
    alerts: untaken.map(({ id }) => id),
  };
}

function costOf({ request, outage, atRisk }: Preflight, snapshot: Snapshot, led: string | null): readonly Cost[] {
  const { cluster } = snapshot;
  const isDown = cluster.writable !== true && cluster.standbyCluster === null;
  return [outageCost(request, outage, isDown), riskCost(request, atRisk, snapshot, led)].filter(
    (cost) => cost !== null,
  );
}

const calm = (text: Text): Cost => ({ text, loss: false });

function outageCost(request: ActionRequest, outage: Preflight['outage'], isDown: boolean): Cost | null {
  const moves = request.kind === 'failover' || request.kind === 'switchover';
  if (isDown && moves)
    return calm(
      (outage === null ? null : outageWords(outage, isDown)) ??
        say`When it will take writes again is not known: no outage has been measured here yet.`,
    );
  if (outage === null) return isDown ? null : calm(say`Writes go on.`);
  return calm(outageWords(outage, false) ?? say`Writes stop for a moment; how long was never measured here.`);
}

function riskCost(
  request: ActionRequest,
  atRisk: Preflight['atRisk'],
  { cluster }: Snapshot,
  led: string | null,
): Cost | null {
  if (atRisk === null) return null;
  const { bytes, seconds } = atRisk;
  if (bytes === null) return { text: say`What would be lost is not known.`, loss: true };
  const unseen =
    request.kind === 'failover'
      ? unseenLoss({ kind: request.kind, member: request.candidate }, cluster, led)
      : 'nothing';
  const isConfirmed = unseen === 'confirmed';
  if (bytes === 0) {
    if (request.kind !== 'failover') return calm(say`Loses nothing.`);
    if (unseen === 'whatever_nobody_received')
      return { text: say`Loses only what the old leader wrote and nobody received.`, loss: true };
    return calm(isConfirmed ? say`Loses 0 B: ${request.candidate} confirmed every commit.` : say`Loses nothing.`);
  }
  const amount = formatBytes(bytes);
  if (request.kind === 'failover' && isConfirmed)
    return calm(say`Loses ${amount} of WAL that no commit waited for: ${request.candidate} confirmed every commit.`);
  if (seconds !== null && seconds > 0)
    return { text: say`Loses up to ${amount}, the last ${formatSeconds(seconds)} of writes.`, loss: true };
  return { text: say`Loses up to ${amount}.`, loss: true };
}
