import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '../../domain/alerts/rules';
import { load, loadGood, loadProblems, yaml } from './test-load';

const WHOLE = `publicUrl: https://howdah.example.com/ops/
alerts:
  groupWaitSeconds: 20
  groupIntervalSeconds: 120
  repeatHours: { critical: 1, warning: never }
  rules:
    - name: split
      findings: [multiple_primaries, replica_diverged]
      forSeconds: 0
      receivers: [phone]
    - name: lag-bytes
      measure: replay_lag_bytes
      above: 1000000
      severity: critical
      forSeconds: 30
      clearSeconds: 10
      scopes: [prod-*]
      labels: { environment: production }
    - name: quiet
      findings: all
      atLeast: note
      severity: note
    - name: store
      dcs: [no_margin]
      atLeast: note
    - name: ready
      noFailoverPossible: true
receivers:
  - name: am
    alertmanager: { urls: [http://a:9093/, https://b:9093], username: u, password: am-hunter2 }
  - name: hook
    webhook: { url: "https://h/x?token=url-hunter2", secret: sign-hunter2, template: { text: "{{title}}", n: 1, all: "{{alerts}}" } }
  - name: chat
    slack: { url: "\${SLACK}" }
  - name: bot
    telegram: { token: bot-hunter2, chat: -1001 }
  - name: mail
    smtp: { host: mx, username: u, password: mail-hunter2, from: a@b, to: [c@d, e@f] }
  - name: phone
    webpush: { subject: "mailto:a@b", services: [push.example.com], keyFile: keys/vapid.json }
`;
const GIVEN = { files: { '/w/howdah.yaml': WHOLE }, env: { SLACK: 'https://hooks/slack-hunter2' } };

describe('alerts and receivers in howdah.yaml', () => {
  it('are read whole, own rules before the defaults and in place of one of the same name', () => {
    const { alerts, receivers, publicUrl } = loadGood(GIVEN);
    expect(publicUrl).toBe('https://howdah.example.com/ops');
    const { rules, ...telling } = alerts;
    expect(telling).toEqual({
      groupWaitSeconds: 20,
      groupIntervalSeconds: 120,
      repeatSeconds: { critical: 3600, warning: null, note: null },
    });
    const others = DEFAULT_RULES.map(({ name }) => name).filter((name) => name !== 'lag-bytes');
    expect(rules.map(({ name }) => name)).toEqual(['split', 'lag-bytes', 'quiet', 'store', 'ready', ...others]);
    expect(rules[0]).toMatchObject({ forSeconds: 0, clearSeconds: 60, receivers: ['phone'], severity: null });
    expect(rules[1]).toEqual({
      name: 'lag-bytes',
      test: { kind: 'above', measure: 'replay_lag_bytes', limit: 1_000_000 },
      severity: 'critical',
      forSeconds: 30,
      clearSeconds: 10,
      scopes: ['prod-*'],
      labels: { environment: 'production' },
      receivers: null,
    });
    expect(rules[2]?.test).toEqual({ kind: 'finding', codes: [], atLeast: 'note' });
    expect(rules[3]?.test).toEqual({ kind: 'dcs', codes: ['no_margin'], atLeast: 'note' });
    expect(receivers.map(({ kind }) => kind)).toEqual([
      'alertmanager',
      'webhook',
      'slack',
      'telegram',
      'smtp',
      'webpush',
    ]);
    expect(receivers[0]).toMatchObject({ urls: ['http://a:9093', 'https://b:9093'] });
    expect(receivers[1]).toMatchObject({ template: { kind: 'json', value: { text: '{{title}}', n: 1 } } });
    expect(receivers[3]).toMatchObject({ url: 'https://api.telegram.org', chat: '-1001' });
    expect(receivers[4]).toMatchObject({ security: 'starttls', port: 587, to: ['c@d', 'e@f'] });
    expect(receivers[5]).toMatchObject({ services: ['push.example.com'], keyFile: '/w/keys/vapid.json' });
  });

  it('know where PagerDuty and Opsgenie are, unless another place is said', () => {
    const text =
      'receivers: [{name: a, pagerduty: {routingKey: k}}, {name: b, opsgenie: {apiKey: k, url: "https://api.eu.opsgenie.com/"}}]';
    expect(loadGood(yaml(text)).receivers).toMatchObject([
      { kind: 'pagerduty', url: 'https://events.pagerduty.com' },
      { kind: 'opsgenie', url: 'https://api.eu.opsgenie.com' },
    ]);
  });

  it('say in which language each receiver is told, English where they do not', () => {
    const text = 'receivers: [{name: a, slack: {url: "http://x"}}, {name: b, language: ru, slack: {url: "http://x"}}]';
    expect(loadGood(yaml(text)).receivers.map(({ name, language }) => [name, language])).toEqual([
      ['a', 'en'],
      ['b', 'ru'],
    ]);
  });

  it('show no secret, and keep each where it can be used', () => {
    const config = loadGood(GIVEN);
    const shown = `${JSON.stringify(config)}${inspect(config, { depth: 20, showHidden: true })}`;
    expect(shown).not.toContain('hunter2');
    const [, hook, chat] = config.receivers;
    expect(hook?.kind === 'webhook' && hook.secret?.reveal()).toBe('sign-hunter2');
    expect(chat?.kind === 'slack' && chat.url.reveal()).toBe('https://hooks/slack-hunter2');
  });

  it('have defaults, which can be left out', () => {
    expect(loadGood({})).toMatchObject({ receivers: [], publicUrl: 'http://127.0.0.1:3000' });
    expect(loadGood({}).alerts.rules).toEqual(DEFAULT_RULES);
    expect(loadGood(yaml('alerts: {defaults: false}')).alerts.rules).toEqual([]);
  });

  it.each([
    ['alerts: {rule: []}', 'did you mean "rules"?'],
    [
      'alerts: {rules: [{name: a}]}',
      'expected one of findings, dcs, measure and noFailoverPossible, the rule has none',
    ],
    ['alerts: {rules: [{name: a, findings: all, measure: paused_seconds, above: 1}]}', 'it has findings and measure'],
    ['alerts: {rules: [{name: a, findings: [no_leder]}]}', 'did you mean "no_leader"?'],
    ['alerts: {rules: [{name: a, findings: []}]}', 'the list is empty'],
    ['alerts: {rules: [{name: a, dcs: [slow_disc]}]}', 'did you mean "slow_disk"?'],
    ['alerts: {rules: [{name: a, dcs: all, findings: all}]}', 'it has findings and dcs'],
    ['alerts: {rules: [{name: a, findings: all, atLeast: bad}]}', 'expected one of critical, unknown, warning, note'],
    ['alerts: {rules: [{name: a, measure: replay_lag_bytes}]}', 'alerts.rules[0].above: expected a number'],
    ['alerts: {rules: [{name: a, findings: all, above: 1}]}', 'expected measure beside it'],
    ['alerts: {rules: [{name: a b, findings: all}]}', 'expected a name of up to 64 letters'],
    ['alerts: {rules: [{name: a, findings: all}, {name: a, findings: all}]}', 'another rule has the same name'],
    ['alerts: {rules: [{name: receiver-failing, findings: all}]}', 'a rule of Howdah itself'],
    ['alerts: {rules: [{name: a, findings: all, receivers: [nobody]}]}', 'got "nobody"'],
    ['alerts: {rules: [{name: a, noFailoverPossible: false}]}', 'leave the rule out'],
    ['alerts: {repeatHours: {critical: 0}}', 'hours from 0.1 to 720, or never'],
    ['alerts: {groupWaitSeconds: -1}', 'seconds from 0 to 3600'],
    ['publicUrl: "ftp://x"', 'publicUrl: expected http(s)://host'],
    ['receivers: {}', 'expected a list of receivers'],
    ['receivers: [{name: a, language: de, slack: {url: "http://x"}}]', 'expected one of en, ru'],
    ['receivers: [{name: a}]', 'expected one of alertmanager, webhook'],
    ['receivers: [{name: a, slack: {url: hunter2}}]', 'not shown, it may hold a token'],
    ['receivers: [{name: a, webhook: {url: "http://x", template: "{{titel}}"}}]', 'there is no {{titel}}'],
    ['receivers: [{name: a, telegram: {chat: 1}}]', 'expected the token of the bot, it is missing'],
    ['receivers: [{name: a, telegram: {token: hunter2, chat: 1, url: x}}]', 'expected the address of a bot API'],
    ['receivers: [{name: a, pagerduty: {}}]', 'expected the integration key of a service, it is missing'],
    ['receivers: [{name: a, opsgenie: {apiKey: hunter2, url: x}}]', 'expected the address of the Alert API'],
    ['receivers: [{name: a, teams: {url: hunter2}}]', 'not shown, it may hold a token'],
    ['receivers: [{name: a, smtp: {host: m, from: x, to: y@z}}]', 'expected mail addresses'],
    ['receivers: [{name: a, smtp: {host: m, from: a@b, to: hunter}}]', 'expected mail addresses'],
    ['receivers: [{name: a, smtp: {host: m, security: none, username: u, from: a@b, to: a@b}}]', 'in the clear'],
    ['receivers: [{name: a, webpush: {subject: me}}]', 'expected mailto:address or https://host'],
    [
      'receivers: [{name: a, webpush: {subject: "mailto:a@b"}}, {name: b, webpush: {subject: "mailto:a@b"}}]',
      'expected one webpush receiver',
    ],
    ['receivers: [{name: a, alertmanager: {urls: "http://u:hunter2@x"}}]', 'got "http://***@x"'],
    ['receivers: [{name: a, alertmanager: {}}]', 'it is missing'],
    ['receivers: [{name: a, slack: {url: "http://x"}}, {name: a, slack: {url: "http://x"}}]', 'the same name'],
  ])('%s is refused', (text, message) => {
    const problems = loadProblems(yaml(text)).join('\n');
    expect(problems).toContain(message);
    expect(problems).not.toContain('hunter2');
  });

  it('never throw, whatever stands there', () => {
    for (const value of ['1', 'x', '[]', '{}', '[1]', '[{}]', '{rules: 1}', '{a: [b]}', '~']) {
      for (const key of ['alerts', 'receivers', 'publicUrl'])
        expect(() => load(yaml(`${key}: ${value}`))).not.toThrow();
    }
  });
});
