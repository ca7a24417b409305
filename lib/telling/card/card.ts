// The incident card: is it writable, since when not, who is there, what changed, what can I do. One value from what a phone has
// read; the screen only draws it. Pure.

import type { ActionFacts, ActionRecord } from '../../domain/actions/action';
import type { Alert } from '../../domain/alerts/alert';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { isDoorCode } from '../../domain/finding-code';
import { joined, type Text } from '../../language/sentence';
import { assessChanges, type CardChanges } from './changes';
import { assessMembers, type CardMembers, ledLast } from './members';
import { type CardOption, chooseOptions } from './options';
import { assessWritable, isOutdated, type Writable } from './writable';

export interface CardInput {
  readonly snapshot: Snapshot;
  /** Of the last ten minutes at least, in whatever order. */
  readonly events: readonly ClusterEvent[];
  /** The running action, else the newest; null: none, or not known. */
  readonly action: ActionRecord | null;
  readonly alerts: readonly Alert[];
  /** null: the server has not been asked; what needs them is then not judged. */
  readonly facts: ActionFacts | null;
  readonly now: number;
}

export interface Card {
  readonly scope: string;
  readonly writable: Writable;
  readonly members: CardMembers;
  readonly changes: CardChanges;
  /** At most three, best first, refused ones last; empty while an action runs. */
  readonly options: readonly CardOption[];
  /** What a person does by hand, where the cause says it, else the worst finding; null: nothing is found. */
  readonly worst: { readonly title: Text; readonly advice: Text; readonly critical: boolean } | null;
  /** The worst that a door does to clients, and since when; null: nothing that cannot wait. `title` null: the cause says it. */
  readonly door: { readonly title: Text | null; readonly since: number; readonly critical: boolean } | null;
  /** Why, in the words of every other surface; null: nothing needs a person. */
  readonly cause: { readonly headline: Text; readonly consequence: Text } | null;
  /** All of it is too old to act on. */
  readonly outdated: boolean;
}

export function buildCard({ snapshot, events, action, alerts, facts, now }: CardInput): Card {
  const running = action?.phase === 'open';
  const led = ledLast(snapshot, events);
  return {
    scope: snapshot.scope,
    writable: assessWritable({ snapshot, events, action, now }),
    members: assessMembers(snapshot, events),
    changes: assessChanges(events, action, now),
    options: running ? [] : chooseOptions({ snapshot, alerts, facts, led, now }),
    worst: adviceOf(snapshot),
    door: doorOf(snapshot),
    cause:
      snapshot.cause == null || snapshot.cause.severity === 'note'
        ? null
        : { headline: snapshot.cause.headline, consequence: snapshot.cause.consequence },
    outdated: isOutdated(snapshot, now),
  };
}

function doorOf({ cause, findings }: Snapshot): Card['door'] {
  const worst = findings.find(
    ({ code, severity }) => isDoorCode(code) && (severity === 'critical' || severity === 'warning'),
  );
  if (worst === undefined) return null;
  const isTold = cause?.code === 'clients_cut_off' && cause.explains.some((key) => key.startsWith(`${worst.code}:`));
  return { title: isTold ? null : worst.title, since: worst.since, critical: worst.severity === 'critical' };
}

function adviceOf({ cause, findings }: Snapshot): Card['worst'] {
  const step = cause?.steps.find(({ action }) => action === null);
  if (cause != null && step !== undefined) {
    const command = step.command === null ? [] : [`\`${step.command}\``];
    return {
      title: step.text,
      advice: joined([...step.cost, ...command], ' '),
      critical: cause.severity === 'critical',
    };
  }
  const [worst] = findings.filter(({ severity }) => severity !== 'note');
  return worst === undefined
    ? null
    : { title: worst.title, advice: worst.advice, critical: worst.severity === 'critical' };
}
