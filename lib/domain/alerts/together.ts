// One trouble of several clusters is told once: a DCS, a host. Every cluster decides for itself what is to be said and when, as without
// it; what several have to say of the same trouble waits a moment for company and leaves as one message. Only what the trouble explains
// whole goes that way: a cluster that has anything else to say speaks for itself. Pure.

import { isSentence, type Text } from '../../language/sentence';
import { sharedCauses } from '../cause/shared';
import { fingerprint } from '../fingerprint';
import type { FleetRow } from '../fleet';
import { bySeverity } from '../severity';
import type { Alert } from './alert';
import type { ScopeState } from './engine';
import { type Audience, type Decision, decideScope, type Telling } from './groups';

export interface SharedTrouble {
  readonly key: string;
  readonly title: Text;
  readonly text: Text;
  /** By cluster that has no other trouble above it: its cause. */
  readonly causes: ReadonlyMap<string, Text>;
}

export function sharedTroubles(rows: readonly FleetRow[]): readonly SharedTrouble[] {
  const titles = new Map(rows.map(({ scope, headline }) => [scope, headline?.title]));
  return sharedCauses(rows).flatMap(({ key, title, text, quiet }) => {
    const causes = new Map(
      quiet.flatMap((scope) => {
        const cause = titles.get(scope);
        return cause === undefined ? [] : [[scope, cause] as const];
      }),
    );
    return causes.size < 2 ? [] : [{ key, title, text, causes }];
  });
}

/** Clusters are asked at a pace of their own: the others see the same a few seconds later. */
const COMPANY_MS = 10_000;
/** Clusters of one message; more are told in further ones. */
const CLUSTERS_MAX = 100;

export interface Together {
  /** By cluster: what it is after this. One that waits for company is as it was. */
  readonly states: ReadonlyMap<string, ScopeState>;
  readonly tellings: readonly Telling[];
  /** What waits for company, since when. */
  readonly waiting: ReadonlyMap<string, number>;
}

interface Due {
  readonly before: ScopeState;
  readonly decision: Decision;
  readonly trouble: SharedTrouble | null;
}

export function decideTogether(
  before: readonly ScopeState[],
  audience: Audience,
  troubles: readonly SharedTrouble[],
  waitingBefore: ReadonlyMap<string, number>,
  now: number,
): Together {
  const states = new Map<string, ScopeState>();
  const tellings: Telling[] = [];
  const joint = new Map<string, Due[]>();
  for (const state of before) {
    const decision = decideScope(state, audience, now);
    const trouble = troubles.find(({ causes }) => causes.has(state.scope)) ?? null;
    const key = jointKey(state, decision, trouble);
    if (key === null) {
      states.set(state.scope, decision.state);
      tellings.push(...decision.tellings);
    } else joint.set(key, [...(joint.get(key) ?? []), { before: state, decision, trouble }]);
  }
  const waiting = new Map<string, number>();
  for (const [key, due] of joint) {
    const since = waitingBefore.get(key) ?? now;
    if (now - since < COMPANY_MS && now >= since && !isComplete(due, before)) {
      waiting.set(key, since);
      for (const { before: state } of due) states.set(state.scope, state);
      continue;
    }
    const shared = sharedId(key, due, before, now);
    for (const { decision } of due) {
      const { group } = decision.state;
      states.set(
        decision.state.scope,
        group === null ? decision.state : { ...decision.state, group: { ...group, shared } },
      );
    }
    tellings.push(...joined(due, shared, now));
  }
  return { states, tellings, waiting };
}

/** With whom it may be told; null: it speaks for itself. */
function jointKey({ scope, group }: ScopeState, { tellings }: Decision, trouble: SharedTrouble | null): string | null {
  if (tellings.length === 0) return null;
  if (tellings.every(({ reason }) => reason === 'over'))
    return group?.shared === undefined ? null : `over ${group.shared}`;
  const cause = trouble?.causes.get(scope);
  if (trouble === null || cause === undefined || tellings.some(({ reason }) => reason === 'over')) return null;
  const alerts = tellings.flatMap((telling) => telling.alerts);
  // What is over of it meanwhile is told along, as it would be without the others.
  const isWhole = alerts.every((alert) => alert.state === 'resolved' || isOf(alert, cause));
  return isWhole ? `begins ${trouble.key}` : null;
}

/** The numbers in it may be of another moment. */
function isOf({ cause }: Alert, headline: Text): boolean {
  return cause !== null && formOf(cause) === formOf(headline);
}

function formOf(text: Text): string {
  return isSentence(text) ? text.carried[0] : text;
}

/** Nobody is left who could still join. */
function isComplete(due: readonly Due[], before: readonly ScopeState[]): boolean {
  const here = new Set(due.map(({ before: state }) => state.scope));
  const [first] = due;
  const shared = first?.before.group?.shared;
  if (first?.trouble == null) return before.every((state) => state.group?.shared !== shared || here.has(state.scope));
  const told = new Set(before.flatMap(({ scope, group }) => (group?.shared === undefined ? [] : [scope])));
  return [...first.trouble.causes.keys()].every((scope) => here.has(scope) || told.has(scope));
}

/** The incident that the others of it were told as, else a new one. */
function sharedId(key: string, due: readonly Due[], before: readonly ScopeState[], now: number): string {
  const own = due.flatMap(({ before: { group } }) => group?.shared ?? []);
  const causes = due[0]?.trouble?.causes;
  const others = before.flatMap(({ scope, group }) => (causes?.has(scope) === true ? (group?.shared ?? []) : []));
  return own[0] ?? others[0] ?? fingerprint(`${key}\n${now}`);
}

/** By receiver and by what it is told for. A cluster that nobody joined says it in its own words. */
function joined(due: readonly Due[], shared: string, now: number): readonly Telling[] {
  const groups = new Map<string, Telling[]>();
  for (const { decision } of due)
    for (const telling of decision.tellings) {
      const key = JSON.stringify([telling.receiver, telling.reason]);
      groups.set(key, [...(groups.get(key) ?? []), telling]);
    }
  const trouble = due[0]?.trouble ?? null;
  return [...groups.values()].flatMap((all) =>
    chunks([...all].sort(byScope)).flatMap((group): readonly Telling[] => {
      const [first] = group;
      if (first === undefined || group.length === 1) return group;
      const { receiver, reason } = first;
      const about = {
        title: trouble?.title ?? null,
        text: trouble?.text ?? null,
        scopes: group.map(({ scope }) => scope),
      };
      return [
        {
          ...{ receiver, id: `${shared}-${first.id}`, group: shared, scope: '', reason, at: now, shared: about },
          openedAt: Math.min(...group.map(({ openedAt }) => openedAt)),
          alerts: group.flatMap(({ alerts }) => alerts).sort(byWorst),
        },
      ];
    }),
  );
}

function chunks(all: readonly Telling[]): readonly (readonly Telling[])[] {
  return Array.from({ length: Math.ceil(all.length / CLUSTERS_MAX) }, (_, index) =>
    all.slice(index * CLUSTERS_MAX, (index + 1) * CLUSTERS_MAX),
  );
}

const byScope = (a: Telling, b: Telling): number => (a.scope < b.scope ? -1 : 1);

/** What is over comes last. */
function byWorst(a: Alert, b: Alert): number {
  const over = Number(a.state === 'resolved') - Number(b.state === 'resolved');
  return over || bySeverity(a.severity, b.severity) || a.since - b.since;
}
