// Prometheus Alertmanager, v2 API (api/v2/openapi.yaml at v0.27: POST /api/v2/alerts). It groups, repeats and routes by itself, so
// that it gets alerts, not messages: an alert lives there until its `endsAt`, which is moved on every minute. What is over, or
// kept quiet by a silence of Howdah, is ended once. Labels are few and bounded; what changes goes into annotations.

import type { Alert } from '../../../domain/alerts/alert';
import { say } from '../../../language/sentence';
import { ENGLISH, type Speaker } from '../../../language/speaker';
import { speakerOf } from '../../../language/speakers';
import { cutText } from '../../../telling/alerts/message';
import type { AlertmanagerSettings } from '../../config/receiver-settings';
import { hostOf, Poster } from './http';
import type { Receiver, RefreshAlert, RefreshInput, Sent } from './receiver';

/** Three refreshes may be missed. */
const LASTS_MS = 4 * 60_000;
const VALUE_MAX = 200;
const ANNOTATION_MAX = 2000;

export function alertmanagerReceiver(settings: AlertmanagerSettings, now: () => number): Receiver {
  const poster = new Poster(settings.tls);
  const speaker = speakerOf(settings.language);
  const password = settings.password?.reveal() ?? null;
  const basic = `Basic ${Buffer.from(`${settings.username}:${password ?? ''}`).toString('base64')}`;
  const authorization = settings.username === null ? {} : { authorization: basic };
  /** What it holds, by alert: with a new severity it is another alert there, and the old one has to end. */
  const held = new Map<string, AmAlert>();

  /** Every member of a mesh gets everything (as Prometheus does it); one that takes it is enough. */
  const post = async (alerts: readonly AmAlert[]): Promise<Sent> => {
    if (alerts.length === 0) return { ok: true, text: say`nothing to say` };
    const answers = await Promise.all(
      settings.urls.map((url) =>
        poster.post({
          url: `${url}/api/v2/alerts`,
          headers: { 'content-type': 'application/json', ...authorization },
          body: JSON.stringify(alerts),
          secrets: [password, basic],
        }),
      ),
    );
    return (
      answers.find(({ ok }) => ok) ??
      answers[0] ?? { ok: false, text: say`no address`, final: true, retryAfterMs: null }
    );
  };

  const tell = async ({ firing, ended }: RefreshInput): Promise<Sent> => {
    const at = now();
    const living = firing.map((entry) => amAlert(entry, at + LASTS_MS, speaker));
    // A silenced one is ended once; after a restart it ends there by itself.
    const over = ended
      .filter(({ alert }) => alert.state === 'resolved' || held.has(alert.id))
      .map((entry) => amAlert(entry, Math.min(entry.alert.resolvedAt ?? at, at), speaker));
    const renamed = firing.flatMap(({ alert }, index) => {
      const before = held.get(alert.id);
      const same = before === undefined || JSON.stringify(before.labels) === JSON.stringify(living[index]?.labels);
      return same ? [] : [{ ...before, endsAt: iso(at) }];
    });
    const answer = await post([...renamed, ...living, ...over]);
    if (answer.ok) {
      for (const [index, { alert }] of firing.entries()) {
        const entry = living[index];
        if (entry !== undefined) held.set(alert.id, entry);
      }
      for (const { alert } of ended) held.delete(alert.id);
    }
    return answer;
  };

  return {
    name: settings.name,
    kind: 'alertmanager',
    language: () => settings.language,
    target: () => settings.urls.map(hostOf).join(', '),
    addresses: () => [''],
    send: (message) => {
      const entries = message.alerts.map((alert): RefreshAlert => ({ alert, link: message.link }));
      if (message.reason === 'test') return post([testAlert(message.title, message.link, now())]);
      return tell({
        firing: entries.filter(({ alert }) => alert.state === 'firing'),
        ended: entries.filter(({ alert }) => alert.state !== 'firing'),
        now: now(),
      });
    },
    refresh: tell,
    close: () => poster.close(),
  };
}

interface AmAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** Labels and codes are the same in every language; annotations are for people. */
function amAlert({ alert, link }: RefreshAlert, endsAt: number, { speak }: Pick<Speaker, 'speak'> = ENGLISH): AmAlert {
  const startsAt = alert.firedAt ?? alert.since;
  return {
    labels: labelsOf(alert),
    annotations: {
      summary: cutText(speak(alert.title), ANNOTATION_MAX),
      description: cutText(alert.evidence.map(speak).join('\n'), ANNOTATION_MAX),
      advice: cutText(speak(alert.advice), ANNOTATION_MAX),
      since: iso(alert.since),
    },
    startsAt: iso(startsAt),
    // It refuses an end before the start.
    endsAt: iso(Math.max(endsAt, startsAt + 1)),
    generatorURL: link,
  };
}

/** An empty label is none to Alertmanager. The cluster's own labels are not sent: nobody bounds them. */
function labelsOf(alert: Alert): Record<string, string> {
  const labels = {
    alertname: alert.code === null ? `howdah_${alert.rule}` : `howdah_${alert.code}`,
    rule: alert.rule,
    severity: alert.severity,
    scope: alert.scope,
    member: alert.member ?? '',
    key: alert.key,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === '' ? [] : [[name, cutText(value, VALUE_MAX)]])),
  );
}

function testAlert(title: string, link: string, at: number): AmAlert {
  return {
    labels: { alertname: 'howdah_test', severity: 'note' },
    annotations: { summary: title },
    startsAt: iso(at),
    endsAt: iso(at + 60_000),
    generatorURL: link,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
