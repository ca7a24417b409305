import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../../domain/alerts/alert';
import type { Language } from '../../../language/language';
import { say } from '../../../language/sentence';
import { speakerOf } from '../../../language/speakers';
import { composeMessage, type Message } from '../../../telling/alerts/message';
import { buildSecret } from '../../config/secret';
import { renderBody, unknownFields } from '../template';
import { alertmanagerReceiver } from './alertmanager';
import { mattermostText } from './mattermost';
import { opsgenieReceiver } from './opsgenie';
import { dedupKeyOf, pagerDutyReceiver } from './pagerduty';
import { answerText } from './receiver';
import { slackReceiver, slackText } from './slack';
import { smtpReceiver } from './smtp';
import { teamsReceiver } from './teams';
import { telegramReceiver } from './telegram';
import { signBody, webhookReceiver } from './webhook';
import { cardLink, isPushService, vapidKeys, webPushReceiver } from './webpush';

const AT = Date.parse('2026-11-21T03:12:05Z');
const ALERT: Alert = {
  id: 'a1',
  rule: 'critical',
  scope: 'main',
  key: 'replica_diverged:n2:',
  member: 'n2',
  code: 'replica_diverged',
  severity: 'critical',
  state: 'firing',
  title: 'n2 <forked> & "quoted"',
  cause: null,
  evidence: ['n2: timeline 3'],
  advice: 'Reinitialize n2.',
  since: AT - 60_000,
  firedAt: AT - 55_000,
  seenAt: AT,
  resolvedAt: null,
  acknowledged: null,
  silencedBy: [],
  group: 'g',
  toldAt: AT,
};
const MESSAGE: Message = composeMessage(
  { receiver: 'r', id: 'g-1', group: 'g', scope: 'main', reason: 'new', at: AT, openedAt: AT, alerts: [ALERT] },
  'https://howdah.example.com',
);

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url = '';
let answer: { status: number; text: string; headers?: Record<string, string>; stays?: boolean } = {
  status: 200,
  text: '',
};
const asked: Asked[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, answer.headers);
      if (answer.stays === true) response.write(answer.text);
      else response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked.length = 0;
  answer = { status: 200, text: '' };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a webhook', () => {
  const settings = { kind: 'webhook', name: 'h', language: 'en', tls: null } as const;
  const make = (template: Parameters<typeof renderBody>[0] = null) =>
    webhookReceiver(
      { ...settings, url: buildSecret(`${url}/in/path-token`), secret: buildSecret('key'), template },
      () => AT,
    );

  it('is signed with its time, and carries the same id in every attempt', async () => {
    const receiver = make();
    for (const attempt of [1, 2]) expect(await receiver.send(MESSAGE, '', attempt)).toMatchObject({ ok: true });
    for (const [index, { headers, body }] of asked.entries()) {
      expect(headers['howdah-signature']).toBe(
        `v1=${createHmac('sha256', 'key').update(`${AT}.${body}`).digest('hex')}`,
      );
      expect(headers).toMatchObject({ 'howdah-timestamp': String(AT), 'howdah-id': 'g-1', 'idempotency-key': 'g-1' });
      expect(headers['howdah-attempt']).toBe(String(index + 1));
    }
    expect(signBody('key', '1', 'a')).not.toBe(signBody('key', '2', 'a'));
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ event: 'new', scope: 'main', alerts: [{ member: 'n2' }] });
    expect(receiver.target()).toBe(new URL(url).host);
  });

  it.each([
    [400, true],
    [413, true],
    [401, false],
    [404, false],
    [429, false],
    [503, false],
    [302, false],
  ])('answered with %i is refused for good: %s', async (status, final) => {
    answer = { status, text: 'path-token is wrong', headers: { 'retry-after': '7', location: '/elsewhere' } };
    const sent = await make().send(MESSAGE, '', 1);
    expect(sent).toMatchObject({ ok: false, final, retryAfterMs: 7000 });
    expect(sent.text).toMatch(new RegExp(`^HTTP ${status}`));
    expect(asked).toHaveLength(1);
  });

  it('has taken a message by its status, however long or slow the rest is', async () => {
    answer = { status: 200, text: 'x'.repeat(300_000) };
    expect(await make().send(MESSAGE, '', 1)).toMatchObject({ ok: true });
    answer = { status: 202, text: 'x', stays: true };
    expect(await make().send(MESSAGE, '', 1)).toMatchObject({ ok: true, text: '202 x' });
    answer = { status: 503, text: 'x'.repeat(300_000) };
    const sent = await make().send(MESSAGE, '', 1);
    expect(sent).toMatchObject({ ok: false, final: false });
    expect(sent.text).toMatch(/^HTTP 503: x+/);
  });

  it('shows nothing of its address but the host', async () => {
    const receiver = webhookReceiver(
      {
        ...settings,
        url: buildSecret(`${url}/hooks/tok%2Den-in-path?key=tok-in-query`),
        secret: null,
        template: null,
      },
      () => AT,
    );
    const echo = 'no /hooks/tok%2Den-in-path?key=tok-in-query, not tok%2Den-in-path, tok-en-in-path, tok-in-query';
    answer = { status: 404, text: echo };
    const { text } = await receiver.send(MESSAGE, '', 1);
    expect(text).toMatch(/^HTTP 404: no \[secret\]/);
    expect(text).not.toMatch(/tok/);
  });

  it('that does not listen is down in words', async () => {
    const receiver = webhookReceiver(
      { ...settings, url: buildSecret('http://127.0.0.1:1/x'), secret: null, template: null },
      () => AT,
    );
    expect(await receiver.send(MESSAGE, '', 1)).toEqual({
      ok: false,
      text: 'connection refused',
      final: false,
      retryAfterMs: null,
    });
  });

  it('may have a shape of its own, which no title can break', async () => {
    await make({ kind: 'json', value: { t: 'x {{title}}', list: '{{alerts}}', n: [1, '{{ scope }}'] } }).send(
      MESSAGE,
      '',
      1,
    );
    const sent = JSON.parse(asked[0]?.body ?? '') as { t: string; list: unknown[]; n: unknown[] };
    expect(sent.t).toBe(`x ${MESSAGE.title}`);
    expect([sent.list.length, sent.n]).toEqual([1, [1, 'main']]);
    expect(renderBody({ kind: 'text', text: '{{severity}}: {{title}}' }, MESSAGE).text).toBe(
      `critical: ${MESSAGE.title}`,
    );
    expect(unknownFields({ kind: 'text', text: '{{title}} {{constructor}} {{a b}}' })).toEqual(['constructor', 'a b']);
  });
});

describe('Slack', () => {
  it('gets a text in which nothing of a cluster is markup', async () => {
    expect(slackText(MESSAGE, speakerOf('en'))).toContain('n2 &lt;forked&gt; &amp; "quoted"');
    expect(slackText(MESSAGE, speakerOf('en'))).toMatch(/<https:\/\/howdah\.example\.com\/[^|>]+\|Open in Howdah>$/);
    answer = { status: 403, text: 'invalid_token /services/secret-path' };
    const receiver = slackReceiver({
      kind: 'slack',
      name: 's',
      language: 'en',
      url: buildSecret(`${url}/services/secret-path`),
      tls: null,
    });
    const sent = await receiver.send(MESSAGE, '', 1);
    expect(sent).toMatchObject({ ok: false, final: false });
    expect(sent.text).not.toContain('secret-path');
    answer = { status: 403, text: 'no such hook: secret-path' };
    expect((await receiver.send(MESSAGE, '', 1)).text).toBe('HTTP 403: no such hook: [secret]');
  });
});

describe('Mattermost', () => {
  it('gets Markdown in which nothing of a cluster is markup, and in which nobody is called', () => {
    const hostile = { ...MESSAGE, title: 'critical: main: **bold** [x](http://evil) @all' };
    const text = mattermostText(hostile, speakerOf('en'));
    expect(text).not.toContain('**bold**');
    expect(text).toContain('\\[x\\](http://evil)');
    expect(text).not.toContain('@all');
    expect(text).toMatch(/\[Open in Howdah\]\(https:\/\/howdah\.example\.com\/[^)]+\)$/);
  });
});

describe('Microsoft Teams', () => {
  const teams = () =>
    teamsReceiver({
      kind: 'teams',
      name: 't',
      language: 'en',
      url: buildSecret(`${url}/workflows/secret-path`),
      tls: null,
    });

  it('gets a card with the title, each line and a button that opens the page', async () => {
    answer = { status: 202, text: '' };
    expect(await teams().send(MESSAGE, '', 1)).toMatchObject({ ok: true });
    const { attachments } = JSON.parse(asked[0]?.body ?? '') as {
      attachments: {
        contentType: string;
        content: { body: { text: string; color?: string }[]; actions: { url: string }[] };
      }[];
    };
    expect(attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(attachments[0]?.content.body[0]).toMatchObject({ color: 'Attention' });
    expect(attachments[0]?.content.body.map(({ text }) => text).join('\n')).toContain('timeline 3');
    expect(attachments[0]?.content.actions).toMatchObject([{ url: MESSAGE.link }]);
  });

  it('that refuses with 200, as an old connector does, has taken nothing, and shows no address', async () => {
    answer = {
      status: 200,
      text: 'Webhook message delivery failed with error: HTTP error 429 at /workflows/secret-path',
    };
    const sent = await teams().send(MESSAGE, '', 1);
    expect(sent).toMatchObject({ ok: false, final: false });
    expect(sent.text).not.toContain('secret-path');
  });
});

describe('PagerDuty', () => {
  const pager = () =>
    pagerDutyReceiver({
      kind: 'pagerduty',
      name: 'p',
      language: 'en',
      url,
      routingKey: buildSecret('routing-hunter2'),
      tls: null,
    });
  const events = () => asked.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('opens one incident for a group, and ends the same one when it is over', async () => {
    answer = { status: 202, text: '{"status":"success"}' };
    const receiver = pager();
    await receiver.send(MESSAGE, '', 1);
    await receiver.send({ ...MESSAGE, id: 'g-2', reason: 'worse' }, '', 1);
    await receiver.send({ ...MESSAGE, id: 'g-3', reason: 'over' }, '', 1);
    expect(events().map(({ event_action }) => event_action)).toEqual(['trigger', 'trigger', 'resolve']);
    expect(new Set(events().map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(events()[0]).toMatchObject({
      routing_key: 'routing-hunter2',
      payload: { severity: 'critical', source: 'main' },
    });
    expect(asked[0]?.path).toBe('/v2/enqueue');
  });

  it('is told of a test and of its end, apart from any incident', async () => {
    answer = { status: 202, text: '' };
    const test = { ...MESSAGE, id: 'test-1', reason: 'test' as const };
    expect(await pager().send(test, '', 1)).toMatchObject({ ok: true });
    expect(events().map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
    expect(events()[0]?.dedup_key).not.toBe(dedupKeyOf(MESSAGE));
  });

  it('shows its key in no text, and a key for one incident is never longer than it takes', async () => {
    answer = { status: 403, text: 'no service for routing-hunter2' };
    const sent = await pager().send(MESSAGE, '', 1);
    expect(sent.text).not.toContain('hunter2');
    expect(dedupKeyOf({ ...MESSAGE, group: 'x'.repeat(5000) }).length).toBeLessThanOrEqual(255);
  });
});

describe('Opsgenie', () => {
  it('opens an alert by its alias and closes the same one', async () => {
    answer = { status: 202, text: '{"result":"Request will be processed"}' };
    const receiver = opsgenieReceiver({
      ...{ kind: 'opsgenie', name: 'o', language: 'en', tls: null },
      ...{ url, apiKey: buildSecret('genie-hunter2') },
    } as const);
    await receiver.send({ ...MESSAGE, title: 'x'.repeat(500) }, '', 1);
    await receiver.send({ ...MESSAGE, reason: 'over' }, '', 1);
    const [opened, closed] = asked;
    const alert = JSON.parse(opened?.body ?? '') as { message: string; alias: string; priority: string };
    expect(opened?.headers.authorization).toBe('GenieKey genie-hunter2');
    expect(alert.message.length).toBeLessThanOrEqual(130);
    expect(alert.priority).toBe('P1');
    expect(closed?.path).toBe(`/v2/alerts/${encodeURIComponent(alert.alias)}/close?identifierType=alias`);
  });
});

describe('Telegram', () => {
  it('has taken a message when it says ok, and never shows the token', async () => {
    const receiver = telegramReceiver({
      kind: 'telegram',
      name: 't',
      language: 'en',
      url,
      token: buildSecret('1:tok'),
      chat: '-1',
      tls: null,
    });
    answer = { status: 200, text: '{"ok":true,"result":{}}' };
    expect(await receiver.send(MESSAGE, '', 1)).toMatchObject({ ok: true });
    expect(asked[0]?.path).toBe('/bot1:tok/sendMessage');
    answer = { status: 200, text: '{"ok":false,"description":"bot1:tok was blocked"}' };
    expect(await receiver.send(MESSAGE, '', 1)).toMatchObject({ ok: false, text: 'bot[secret] was blocked' });
    answer = { status: 200, text: '<html>' };
    expect(await receiver.send(MESSAGE, '', 1)).toMatchObject({ ok: false, text: 'not the answer of a bot API' });
    const long = { ...MESSAGE, text: 'x'.repeat(20_000) };
    await receiver.send(long, '', 1);
    expect((JSON.parse(asked.at(-1)?.body ?? '') as { text: string }).text.length).toBeLessThanOrEqual(4096);
    expect(receiver.target()).not.toContain('tok');
  });
});

describe('a mail', () => {
  /** Takes mail for everybody but `bad@example.com`. */
  const relay = createTcpServer((socket) => {
    let isData = false;
    let text = '';
    const say = (line: string): unknown => socket.write(`${line}\r\n`);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (isData) {
          mailed[mailed.length - 1] += `${line}\n`;
          if (line !== '.') continue;
          isData = false;
          say('250 taken');
        } else if (line.startsWith('RCPT')) {
          const taken = !line.includes('bad@example.com');
          if (taken) mailed.push(`${line}\n`);
          say(taken ? '250 ok' : '550 no such user');
        } else if (line === 'DATA') {
          isData = true;
          say('354 go on');
        } else say(line === 'QUIT' ? '221 bye' : '250 ok');
      }
    });
    say('220 relay');
  });
  const mailed: string[] = [];
  beforeAll(() => new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void relay.close());

  it('goes to each recipient by itself, so that one who is refused is tried again and the others are not', async () => {
    const to = ['good@example.com', 'bad@example.com'];
    const { port } = relay.address() as AddressInfo;
    const receiver = smtpReceiver({
      ...{
        kind: 'smtp',
        name: 'm',
        language: 'en',
        host: '127.0.0.1',
        port,
        security: 'none',
        username: null,
        password: null,
      },
      ...{ from: 'Howdah <howdah@example.com>', to, tls: null },
    });
    expect(receiver.addresses()).toEqual(to);
    expect(await receiver.send(MESSAGE, 'good@example.com', 1)).toMatchObject({ ok: true });
    expect(mailed).toHaveLength(1);
    expect(mailed[0]).toMatch(/^RCPT TO:<good@example\.com>/);
    expect(mailed[0]).toContain('To: good@example.com, bad@example.com');
    const refused = { ok: false, text: '550 no such user', final: false };
    expect(await receiver.send(MESSAGE, 'bad@example.com', 1)).toMatchObject(refused);
    expect(await receiver.send(MESSAGE, '', 1)).toMatchObject({ ok: false, text: 'refused for bad@example.com' });
    expect(await receiver.send(MESSAGE, 'former@example.com', 1)).toMatchObject({ ok: false, final: true });
  });
});

describe('a mail server that does not stop', () => {
  const settings = (port: number) => ({
    ...({ kind: 'smtp', name: 'm', language: 'en', host: '127.0.0.1', port, security: 'none' } as const),
    ...{ username: null, password: null, from: 'howdah@example.com', to: ['a@example.com'], tls: null },
  });
  const served = async (onSocket: (socket: Socket) => void) => {
    const open = new Set<Socket>();
    const server = createTcpServer((socket) => {
      open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
      onSocket(socket);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return { open, server, port: (server.address() as AddressInfo).port };
  };

  it('is cut off after what an honest one never says', async () => {
    let sent = 0;
    const { open, server, port } = await served((socket) => {
      const more = setInterval(() => {
        socket.write('220-wait\r\n'.repeat(800));
        sent += 8000;
      }, 5);
      socket.on('close', () => clearInterval(more));
    });
    const said = await smtpReceiver(settings(port)).send(MESSAGE, 'a@example.com', 1);
    expect(said).toMatchObject({ ok: false, text: 'it answers with more than was asked for', final: false });
    await vi.waitFor(() => expect(open.size).toBe(0), 10_000);
    expect(sent).toBeGreaterThan(256 * 1024);
    server.close();
  });

  it('is left when the whole conversation has taken too long, though each step is quick', async () => {
    const { open, server, port } = await served((socket) => {
      socket.write('220-wait\r\n');
      const slow = setInterval(() => socket.write('220-wait\r\n'), 20);
      socket.on('close', () => clearInterval(slow));
    });
    const said = await smtpReceiver(settings(port), 300).send(MESSAGE, 'a@example.com', 1);
    expect(said).toMatchObject({ ok: false, text: 'no answer in time' });
    await vi.waitFor(() => expect(open.size).toBe(0), 10_000);
    server.close();
  });
});

interface Posted {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
}

describe('Alertmanager', () => {
  const settings = { kind: 'alertmanager', name: 'am', username: 'u', tls: null } as const;
  const make = (language: Language = 'en') =>
    alertmanagerReceiver({ ...settings, language, urls: [url], password: buildSecret('pw') }, () => AT);
  const posted = () => JSON.parse(asked.at(-1)?.body ?? '[]') as Posted[];

  it('gets alerts that end by themselves unless they are refreshed, and the end of those that are over', async () => {
    const receiver = make();
    await receiver.send(MESSAGE, '', 1);
    expect(asked[0]?.path).toBe('/api/v2/alerts');
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('u:pw').toString('base64')}`);
    expect(posted()).toMatchObject([
      { startsAt: '2026-11-21T03:11:10.000Z', endsAt: '2026-11-21T03:16:05.000Z', generatorURL: MESSAGE.link },
    ]);
    expect(posted()[0]?.labels).toEqual({
      alertname: 'howdah_replica_diverged',
      rule: 'critical',
      severity: 'critical',
      scope: 'main',
      member: 'n2',
      key: 'replica_diverged:n2:',
    });
    const over = { ...ALERT, state: 'resolved' as const, resolvedAt: AT - 1000 };
    await receiver.refresh?.({ firing: [], ended: [{ alert: over, link: '' }], now: AT });
    expect(posted()).toMatchObject([{ endsAt: '2026-11-21T03:12:04.000Z' }]);
  });

  it('keeps its labels and codes in every language; what people read is in the one of the receiver', async () => {
    const title = say`${'n2'} has forked: ahead of the leader on timeline ${4}`;
    const alert = { ...ALERT, title, evidence: [say`${'n3'}: ${say`tagged nofailover`}`], advice: say`Bring it back.` };
    const told = async (language: Language) => {
      await make(language).refresh?.({ firing: [{ alert, link: '' }], ended: [], now: AT });
      return posted()[0];
    };
    const [english, russian] = [await told('en'), await told('ru')];
    expect(english?.annotations.summary).toBe(String(title));
    expect(russian?.labels).toEqual(english?.labels);
    expect(russian?.annotations).toMatchObject({
      summary: 'n2 разошёлся: впереди лидера на таймлайне 4',
      description: 'n3: тег nofailover',
      advice: 'Верните его.',
      since: english?.annotations.since,
    });
  });

  it('is told the end of an alert whose severity changed: with another label it is another one there', async () => {
    const receiver = make();
    await receiver.send(MESSAGE, '', 1);
    await receiver.refresh?.({ firing: [{ alert: { ...ALERT, severity: 'warning' }, link: '' }], ended: [], now: AT });
    expect(posted().map(({ labels, endsAt }) => [labels.severity, endsAt])).toEqual([
      ['critical', '2026-11-21T03:12:05.000Z'],
      ['warning', '2026-11-21T03:16:05.000Z'],
    ]);
  });
});

describe('web push', () => {
  it.each([
    ['https://fcm.googleapis.com/fcm/send/x', true],
    ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
    ['https://web.push.apple.com/x', true],
    ['https://wns2-par02p.notify.windows.com/w/?token=x', true],
    ['https://push.example.com/x', true],
    ['http://fcm.googleapis.com/x', false],
    ['https://fcm.googleapis.com.evil.example/x', false],
    ['https://evilpush.apple.com/x', false],
    ['https://fcm.googleapis.com:8443/x', false],
    ['https://user@fcm.googleapis.com/x', false],
    ['https://127.0.0.1/x', false],
    ['nonsense', false],
  ])('asks %s: %s', (endpoint, good) => {
    expect(isPushService(endpoint, ['push.example.com'])).toBe(good);
  });

  it.each([
    ['https://h.example/clusters/main#finding-no_leader', 'main', 'https://h.example/clusters/main/now'],
    ['https://h.example/ops/clusters/main', 'main', 'https://h.example/ops/clusters/main/now'],
    ['http://h/clusters/a%2Fb/incident?from=1&to=2', 'a/b', 'http://h/clusters/a%2Fb/now'],
    ['http://h/alerts', '', 'http://h/alerts'],
    ['http://h/alerts', 'main', 'http://h/alerts'],
  ])('of %s opens the card: %s', (link, scope, card) => {
    expect(cardLink({ scope, link })).toBe(card);
  });

  it('makes its keys once, for nobody else to read', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'howdah-vapid-'));
    try {
      const file = path.join(folder, 'data', 'vapid.json');
      const keys = vapidKeys(file);
      expect(vapidKeys(file)).toEqual(keys);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(keys);
      writeFileSync(file, '{}');
      expect(() => vapidKeys(file)).toThrow('vapid.json cannot be used: it is not as Howdah writes it');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('asks nobody whom it does not know, also not for a row of an older configuration', async () => {
    const subscription = { endpoint: `${url}/x`, keys: { p256dh: 'x', auth: 'y' } };
    const settings = {
      kind: 'webpush',
      name: 'p',
      language: 'ru',
      subject: 'mailto:a@b',
      services: [],
      keyFile: null,
      tls: null,
    } as const;
    const receiver = webPushReceiver(settings, { publicKey: 'a', privateKey: 'b' }, () => [{ id: 'd', subscription }]);
    expect(await receiver.send(MESSAGE, 'd', 1)).toMatchObject({
      ok: false,
      final: true,
      text: 'not a known push service',
    });
    expect(await receiver.send(MESSAGE, 'gone', 1)).toMatchObject({ ok: false, final: true });
    expect([receiver.target(), receiver.addresses(), asked]).toEqual(['1 phone', ['d'], []]);
  });

  it('speaks the language of each phone, and that of the receiver to one that did not say', () => {
    const subscription = { endpoint: `${url}/x`, keys: { p256dh: 'x', auth: 'y' } };
    const settings = { kind: 'webpush', name: 'p', language: 'ru', subject: 'mailto:a@b', services: [] } as const;
    const receiver = webPushReceiver(
      { ...settings, keyFile: null, tls: null },
      { publicKey: 'a', privateKey: 'b' },
      () => [
        { id: 'old', subscription },
        { id: 'english', subscription, language: 'en' },
      ],
    );
    expect(['old', 'english', 'gone'].map((id) => receiver.language(id))).toEqual(['ru', 'en', 'ru']);
  });
});

it('an answer is one short line without secrets', () => {
  expect(answerText(`a\r\nb hunter2 ${'x'.repeat(500)}`, ['hunter2', null, ''])).toMatch(/^a b \[secret\] x+\.\.\.$/);
});
