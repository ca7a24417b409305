// The row of the fleet, the wall, the phone, the message and the incident of one trouble: one headline. Asked of every made state.
import { describe, expect, it } from 'vitest';
import type { Alert } from '../domain/alerts/alert';
import { conditionsOf } from '../domain/alerts/conditions';
import { DEFAULT_RULES } from '../domain/alerts/rules';
import type { Snapshot } from '../domain/cluster';
import { fleetRow } from '../domain/fleet';
import { madeNames, madeSnapshot, readMade } from '../domain/test-made-states';
import { quietFacts } from '../domain/testkit';
import { composeMessage } from './alerts/message';
import { buildCard } from './card/card';
import { report } from './incident/report';
import { incident } from './incident/test-incident';
import { problemOf } from './wall/problem';

function alertsOf(snapshot: Snapshot): Alert[] {
  const at = snapshot.observedAt;
  return conditionsOf(DEFAULT_RULES, snapshot).map((condition, index) => ({
    ...condition,
    id: `a${index}`,
    state: 'firing',
    firedAt: at,
    seenAt: at,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: 'g',
    toldAt: null,
  }));
}

const troubled = madeNames().filter((name) => {
  const { cause } = madeSnapshot(readMade(name));
  return cause !== null && cause.severity !== 'note';
});

describe('one trouble', () => {
  it.each(troubled)('has one headline: %s', (name) => {
    const snapshot = madeSnapshot(readMade(name));
    const { cause, observedAt: at, scope } = snapshot;
    const words = String(cause?.headline);
    const card = buildCard({ snapshot, events: [], action: null, alerts: [], facts: quietFacts(snapshot), now: at });
    const said = [fleetRow(snapshot, []).headline?.title, problemOf(snapshot)?.title, card.cause?.headline];
    expect(said.map(String)).toEqual([words, words, words]);
    const alerts = alertsOf(snapshot);
    if (cause?.severity === 'critical') expect(alerts).not.toEqual([]);
    if (alerts.length > 0) {
      const told = { receiver: 'r', id: 'g-1', group: 'g', scope, at, openedAt: at, reason: 'new', alerts } as const;
      expect(composeMessage(told, '').title).toContain(`${scope}: ${words.slice(0, 100)}`);
    }
    const page = report(incident({ after: snapshot, from: at - 600_000, to: at }), 'UTC', null);
    expect(page.headline.map(String)).toContain(`At the end of the window: ${words}.`);
  });

  it('that keeps clients from writing is no "yes" on the phone', () => {
    const wrong = troubled.filter((name) => {
      const snapshot = madeSnapshot(readMade(name));
      const facts = quietFacts(snapshot);
      const card = buildCard({ snapshot, events: [], action: null, alerts: [], facts, now: snapshot.observedAt });
      return snapshot.cause?.impact === 'not_writable' && card.writable.state === 'yes';
    });
    expect(wrong).toEqual([]);
  });
});
