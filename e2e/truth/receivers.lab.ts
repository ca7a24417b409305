// Each way to tell people against a real peer on this machine: Debian's Alertmanager, an SMTP server with STARTTLS, a webhook sink
// that checks the signature, sinks that speak as Slack and Telegram do, and a push service that decrypts what a phone would.
// Every message arrives once and in order, across an outage of all peers and a Howdah that is killed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createDecipheriv, createECDH, createHmac, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertAnswer, AlertsAnswer, PushAnswer, ReceiverTest, SilenceAnswer } from '../../lib/contract/alerts';
import { PATHS } from '../../lib/contract/paths';
import { freePort, type Howdah, startHowdah } from '../browser/howdah';
import { FakeDcs } from '../fake/dcs';
import { type EtcdProcess, startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { FakeCluster } from '../fake/patroni';
import { sleep, waitUntil } from '../lab/deadline';

const HOST = '127.0.0.1';
const SECRETS = {
  webhook: 'webhook-signing-key',
  smtp: 'smtp-pass-word',
  telegram: '4711:telegram-bot-token',
  slack: 'slack-path-token',
} as const;
const WAIT_MS = 60_000;

/** What arrived and was taken, in order; `attempts` counts also what was refused. */
class Peer {
  readonly taken: string[] = [];
  readonly wrong: string[] = [];
  attempts = 0;
  isDown = false;

  take(line: string): void {
    this.taken.push(line);
  }
}

/** `CRITICAL: fake-0: ...` and `Over: fake-0: ...` as `new fake-0` and `over fake-0`. */
function lineOf(title: string): string {
  const [, head = '', scope = ''] = /^(\w+): ([\w-]+):/.exec(title) ?? [];
  return `${{ CRITICAL: 'new', Over: 'over', Test: 'test' }[head] ?? head} ${scope}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One HTTP peer. A peer that is down answers 503, as a proxy before it would. */
async function listen(
  peer: Peer,
  tls: { readonly cert: Buffer; readonly key: Buffer } | null,
  take: (request: IncomingMessage, body: Buffer) => Promise<{ readonly status: number; readonly text: string }>,
): Promise<{ readonly port: number; readonly server: Server }> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; text: string }> => {
    peer.attempts += 1;
    const body = await bodyOf(request);
    return peer.isDown ? { status: 503, text: 'down for now' } : take(request, body);
  };
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    answer(request).then(
      ({ status, text }) => response.writeHead(status).end(text),
      (error: unknown) => {
        peer.wrong.push(String(error));
        response.writeHead(400).end('refused by the test');
      },
    );
  };
  const server = tls === null ? createServer(listener) : createSecureServer(tls, listener);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, HOST, resolve));
  return { port, server };
}

/** A throwaway CA and a certificate of 127.0.0.1. */
function makeCertificate(folder: string): { readonly ca: string; readonly cert: Buffer; readonly key: Buffer } {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const make = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...make, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=howdah test CA');
  writeFileSync(path.join(folder, 'own.ext'), `subjectAltName=IP:${HOST}\n`);
  openssl('req', ...make, '-keyout', 'own.key', '-out', 'own.csr', '-subj', '/CN=peers');
  const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'own.ext'];
  openssl('x509', '-req', '-in', 'own.csr', '-out', 'own.pem', ...sign);
  const read = (name: string): Buffer => readFileSync(path.join(folder, name));
  return { ca: path.join(folder, 'ca.pem'), cert: read('own.pem'), key: read('own.key') };
}

/** A browser's subscription, and what only the browser can do with it (RFC 8291 and 8188). */
class Phone {
  readonly #ecdh = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #public: Buffer;

  constructor() {
    this.#public = this.#ecdh.generateKeys();
  }

  subscription(endpoint: string) {
    return { endpoint, keys: { p256dh: this.#public.toString('base64url'), auth: this.#auth.toString('base64url') } };
  }

  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const keyLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + keyLength);
    const record = body.subarray(21 + keyLength);
    const shared = this.#ecdh.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#public, sender]);
    const ikm = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

/** RFC 8292: a JWT for this push service, signed by the key that the phone subscribed to. */
function checkVapid(header: string, publicKey: string, origin: string): void {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(header) ?? [];
  if (key !== publicKey) throw new Error('another key than the one that was subscribed to');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const [head = '', claims = '', signature = ''] = token.split('.');
  const text = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', text, { key: jwk, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new Error('the signature of the token is wrong');
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number };
  if (aud !== origin || exp * 1000 < Date.now()) throw new Error(`a token for ${aud}, until ${exp}`);
}

describe('telling real receivers', { retry: 0 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-receivers-'));
  const [webhook, slack, telegram, mail, night, push, notified] = Array.from({ length: 7 }, () => new Peer());
  if (!webhook || !slack || !telegram || !mail || !night || !push || !notified) throw new Error('seven peers');
  // Two recipients of one mail receiver: each is told by itself.
  const peers = { webhook, slack, telegram, mail, night, push };
  const phone = new Phone();
  /** Webhook ids in the order of their attempts. */
  const ids: string[] = [];
  const servers: Server[] = [];
  let smtp: SMTPServer;
  let alertmanager: ChildProcess;
  let alertmanagerUrl = '';
  let etcd: EtcdProcess;
  let fleet: FakeFleet;
  let howdah: Howdah;
  let publicKey = '';
  let pushUrl = '';
  /** The webhook's next answer waits for this. */
  let hold: Promise<void> | null = null;

  const cluster = (index: number): FakeCluster => {
    const found = fleet.clusters[index];
    if (found === undefined) throw new Error(`no cluster ${index}`);
    return found;
  };
  const crash = (index: number): Promise<void> =>
    cluster(index).node('n3').enter({ state: 'crashed', role: 'replica' });
  const mend = (index: number): Promise<void> => cluster(index).node('n3').enter(null);
  const allTook = (line: string): boolean => Object.values(peers).every(({ taken }) => taken.includes(line));
  const untilAllTook = (line: string): Promise<true> =>
    waitUntil(`everybody to be told "${line}"`, WAIT_MS, () => allTook(line)).catch((error: unknown) => {
      const state = Object.entries(peers).map(([name, peer]) => `${name}: ${peer.taken.join(', ')} ${peer.wrong}`);
      throw new Error(`${String(error)}\n${state.join('\n')}\n${howdah.output().slice(-3000)}`);
    });

  async function ask<T>(route: string, body?: object): Promise<T> {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${howdah.url}${route}`, { ...init, signal: AbortSignal.timeout(20_000) });
    const text = await answer.text();
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async function amAlerts(): Promise<readonly { readonly labels: Readonly<Record<string, string>> }[]> {
    const answer = await fetch(`${alertmanagerUrl}/api/v2/alerts?active=true`);
    return (await answer.json()) as { labels: Record<string, string> }[];
  }

  async function startAlertmanager(sink: string): Promise<void> {
    const port = await freePort();
    const config = path.join(folder, 'alertmanager.yml');
    writeFileSync(
      config,
      `route: {receiver: sink, group_by: [alertname, scope], group_wait: 1s, group_interval: 5s, repeat_interval: 1h}
receivers: [{name: sink, webhook_configs: [{url: '${sink}', send_resolved: true}]}]
`,
    );
    alertmanagerUrl = `http://${HOST}:${port}`;
    const flags = [
      `--config.file=${config}`,
      `--storage.path=${path.join(folder, 'alertmanager')}`,
      `--web.listen-address=${HOST}:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ];
    alertmanager = spawn('prometheus-alertmanager', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
    await waitUntil('Alertmanager to be ready', 20_000, async () => (await fetch(`${alertmanagerUrl}/-/ready`)).ok);
  }

  async function startMail(certificate: { readonly cert: Buffer; readonly key: Buffer }): Promise<number> {
    smtp = new SMTPServer({
      ...certificate,
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, session, done) => {
        const good = username === 'howdah' && password === SECRETS.smtp && session.secure;
        done(good ? null : new Error('sign-in refused'), { user: username });
      },
      onMailFrom: (_address, _session, done) => {
        const refused = Object.assign(new Error('try again later'), { responseCode: 451 });
        done(mail?.isDown ? refused : null);
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const subject = /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(text)?.[1]?.replace(/\r\n\s+/g, ' ') ?? '';
          const to = session.envelope.rcptTo.map(({ address }) => address).join();
          const box = { 'dba@example.com': mail, 'night@example.com': night }[to];
          if (box === undefined) mail?.wrong.push(`to ${to}`);
          if (!/^Message-ID: <.+@howdah\.invalid>/m.test(text)) mail?.wrong.push('no Message-ID of ours');
          box?.take(lineOf(subject));
          done();
        });
      },
    });
    const port = await freePort();
    await new Promise<void>((resolve) => smtp.listen(port, HOST, () => resolve()));
    return port;
  }

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'alertmanager'), { recursive: true });
    const certificate = makeCertificate(folder);
    const hook = await listen(webhook, null, async ({ headers }, body) => {
      const timestamp = String(headers['howdah-timestamp']);
      const hmac = createHmac('sha256', SECRETS.webhook).update(`${timestamp}.${body}`).digest('hex');
      if (headers['howdah-signature'] !== `v1=${hmac}`) throw new Error('the signature is wrong');
      if (Math.abs(Date.now() - Number(timestamp)) > 60_000) throw new Error('the signature is old');
      const said = JSON.parse(body.toString()) as { event: string; scope: string; id: string };
      if (said.id !== headers['howdah-id']) throw new Error('two ids');
      ids.push(said.id);
      await hold;
      webhook.take(`${said.event} ${said.scope}`.trim());
      return { status: 200, text: 'thanks' };
    });
    const chat = await listen(slack, null, async (request, body) => {
      if (request.url !== `/services/${SECRETS.slack}`) throw new Error('another path');
      const { text } = JSON.parse(body.toString()) as { text: string };
      slack.take(lineOf(text.replaceAll('*', '')));
      return { status: 200, text: 'ok' };
    });
    const bot = await listen(telegram, null, async (request, body) => {
      if (request.url !== `/bot${SECRETS.telegram}/sendMessage`) throw new Error('another path');
      const { chat_id, text } = JSON.parse(body.toString()) as { chat_id: string; text: string };
      if (chat_id !== '-1001' || text.length > 4096) throw new Error('another chat, or too long');
      telegram.take(lineOf(text));
      return { status: 200, text: JSON.stringify({ ok: true, result: { message_id: 1 } }) };
    });
    const service = await listen(push, certificate, async (request, body) => {
      if (request.url === '/gone') return { status: 410, text: '' };
      checkVapid(String(request.headers.authorization), publicKey, pushUrl);
      if (request.headers['content-encoding'] !== 'aes128gcm' || !request.headers.ttl) throw new Error('headers');
      const { title, link } = JSON.parse(phone.decrypt(body)) as { title: string; link: string };
      if (!link.startsWith('https://howdah.example.com/')) throw new Error(`a link to ${link}`);
      push.take(lineOf(title));
      return { status: 201, text: '' };
    });
    const sink = await listen(notified, null, async (_request, body) => {
      const { status, alerts } = JSON.parse(body.toString()) as {
        status: string;
        alerts: { labels: { scope?: string } }[];
      };
      for (const { labels } of alerts) if (labels.scope !== undefined) notified.take(`${status} ${labels.scope}`);
      return { status: 200, text: '' };
    });
    servers.push(hook.server, chat.server, bot.server, service.server, sink.server);
    pushUrl = `https://${HOST}:${service.port}`;
    await startAlertmanager(`http://${HOST}:${sink.port}/`);
    const smtpPort = await startMail(certificate);
    etcd = await startEtcd();
    fleet = await FakeFleet.start({ scopes: 4, members: 3, version: '4.1.4' });
    const dcs = new FakeDcs(etcd.etcd);
    await dcs.writeAll(fleet.clusters);
    for (const one of fleet.clusters) dcs.attach(one);
    const yaml = path.join(folder, 'howdah.yaml');
    writeFileSync(
      yaml,
      `sources: [{name: fake, etcd: {hosts: ['${etcd.url}']}}]
poll: {watchedSeconds: 0.5, fleetSeconds: 0.5, idleSeconds: 0.5, deadlineSeconds: 2}
publicUrl: https://howdah.example.com/
alerts:
  defaults: false
  groupWaitSeconds: 1
  rules: [{name: stopped, findings: [member_not_running], severity: critical, forSeconds: 1, clearSeconds: 1}]
receivers:
  - {name: am, alertmanager: {urls: '${alertmanagerUrl}'}}
  - {name: hook, webhook: {url: 'http://${HOST}:${hook.port}/in', secret: ${SECRETS.webhook}}}
  - {name: chat, slack: {url: 'http://${HOST}:${chat.port}/services/${SECRETS.slack}'}}
  - {name: bot, telegram: {url: 'http://${HOST}:${bot.port}', token: '${SECRETS.telegram}', chat: '-1001'}}
  - name: mail
    smtp: {host: ${HOST}, port: ${smtpPort}, username: howdah, password: ${SECRETS.smtp}, from: howdah@example.com,
      to: [dba@example.com, night@example.com], tls: {ca: ${certificate.ca}}}
  - name: phone
    webpush: {subject: 'mailto:dba@example.com', services: ['${HOST}:${service.port}'], tls: {ca: ${certificate.ca}}}
`,
    );
    howdah = await startHowdah(['--config', yaml], { dataDir: path.join(folder, 'data') });
    await waitUntil('all clusters to be seen', WAIT_MS, async () => {
      const { clusters } = await ask<{ clusters: unknown[] }>(PATHS.clusters);
      return clusters.length === 4;
    });
    publicKey = (await ask<PushAnswer>(PATHS.push)).publicKey ?? '';
    const order = { name: 'my phone', subscription: phone.subscription(`${pushUrl}/send/abc`) };
    await waitUntil('the store', WAIT_MS, () => ask<PushAnswer>(PATHS.push, order));
  }, 300_000);

  afterAll(async () => {
    await howdah?.stop();
    await fleet?.stop();
    await etcd?.stop();
    await new Promise<void>((resolve) => (smtp === undefined ? resolve() : smtp.close(() => resolve())));
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    if (alertmanager !== undefined && alertmanager.exitCode === null) {
      const ended = new Promise((resolve) => alertmanager.once('exit', resolve));
      alertmanager.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('tests each of them, and keeps the key pair to itself', async () => {
    for (const name of ['am', 'hook', 'chat', 'bot', 'mail', 'phone']) {
      expect(await ask<ReceiverTest>(PATHS.receiverTest(name), {})).toMatchObject({ ok: true });
    }
    expect(statSync(path.join(folder, 'data/vapid.json')).mode & 0o777).toBe(0o600);
    await expect(ask(PATHS.receiverTest('none'), {})).rejects.toThrow('404');
    expect((await amAlerts()).map(({ labels }) => labels.alertname)).toEqual(['howdah_test']);
    for (const peer of Object.values(peers)) {
      expect(peer.wrong).toEqual([]);
      peer.taken.length = 0;
    }
  });

  it('tells everybody once what happened, and once that it is over', async () => {
    await crash(0);
    await untilAllTook('new fake-0');
    const { alerts, sender, problem } = await ask<AlertsAnswer>(PATHS.alerts);
    expect({ sender, problem }).toEqual({ sender: 'here', problem: null });
    expect(alerts).toMatchObject([{ scope: 'fake-0', member: 'n3', state: 'firing', code: 'member_not_running' }]);
    const active = await waitUntil('Alertmanager to know it', WAIT_MS, async () =>
      (await amAlerts()).find(({ labels }) => labels.scope === 'fake-0'),
    );
    expect(active.labels).toMatchObject({ alertname: 'howdah_member_not_running', severity: 'critical', member: 'n3' });
    await waitUntil('Alertmanager to notify', WAIT_MS, () => notified.taken.includes('firing fake-0'));
    await mend(0);
    await untilAllTook('over fake-0');
    await waitUntil('Alertmanager to resolve it', WAIT_MS, () => notified.taken.includes('resolved fake-0'));
    for (const peer of Object.values(peers)) expect(peer.taken).toEqual(['new fake-0', 'over fake-0']);
    expect(notified.taken).toEqual(['firing fake-0', 'resolved fake-0']);
  });

  it('keeps what nobody takes, in order, while it is killed, and sends each once afterwards', async () => {
    for (const peer of Object.values(peers)) {
      peer.taken.length = 0;
      peer.isDown = true;
    }
    await crash(1);
    const queued = async (count: number): Promise<boolean> => {
      const { receivers } = await ask<AlertsAnswer>(PATHS.alerts);
      return receivers.filter(({ name }) => name !== 'am').every((receiver) => receiver.queued >= count);
    };
    await waitUntil('five receivers to have one waiting', WAIT_MS, () => queued(1));
    await howdah.kill();
    await howdah.restart();
    await mend(1);
    await waitUntil('its end to wait behind it', WAIT_MS, () => queued(2));
    await howdah.kill();
    await crash(2);
    await howdah.restart();
    await waitUntil('a third to wait', WAIT_MS, () => queued(3));
    const failing = (await ask<AlertsAnswer>(PATHS.alerts)).receivers.filter(({ state }) => state === 'failing');
    expect(failing.map(({ name }) => name)).toEqual(['hook', 'chat', 'bot', 'mail', 'phone']);
    for (const peer of Object.values(peers)) peer.isDown = false;
    await untilAllTook('new fake-2');
    await sleep(3000);
    for (const [name, peer] of Object.entries(peers)) {
      expect([name, peer.taken]).toEqual([name, ['new fake-1', 'over fake-1', 'new fake-2']]);
      expect(peer.wrong).toEqual([]);
    }
    await mend(2);
    await untilAllTook('over fake-2');
  });

  it('killed while a receiver thinks, sends it again with the same id, and nothing else twice', async () => {
    for (const peer of Object.values(peers)) peer.taken.length = 0;
    ids.length = 0;
    let release = (): void => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    await crash(3);
    await waitUntil('the webhook to be asked', WAIT_MS, () => ids.length === 1);
    await waitUntil('the others to be told', WAIT_MS, () =>
      [slack, telegram, mail, push].every(({ taken }) => taken.length === 1),
    );
    // What was settled is in the store a moment later.
    await sleep(1500);
    await howdah.kill();
    hold = null;
    release();
    await waitUntil('the first attempt to end', WAIT_MS, () => webhook.taken.length === 1);
    await howdah.restart();
    await waitUntil('the webhook to be asked again', WAIT_MS, () => ids.length === 2);
    await sleep(3000);
    expect(ids[1]).toBe(ids[0]);
    for (const peer of [slack, telegram, mail, push]) expect(peer.taken).toEqual(['new fake-3']);
  });

  it('is quiet under a silence, at Alertmanager too, and remembers who acknowledged', async () => {
    for (const peer of Object.values(peers)) peer.taken.length = 0;
    const { alerts } = await ask<AlertsAnswer>(PATHS.alerts);
    const id = alerts.find(({ state }) => state === 'firing')?.id ?? '';
    await expect(ask(PATHS.acknowledge(id), { reason: 'x', undo: false })).rejects.toThrow(
      'a reason of 3 to 2000 characters',
    );
    const { alert } = await ask<AlertAnswer>(PATHS.acknowledge(id), { reason: 'on it', undo: false });
    expect(alert.acknowledged?.reason).toBe('on it');
    const about = { scope: 'fake-*', rule: null, member: null, labels: {}, startsAt: null };
    const draft = { ...about, endsAt: Date.now() + 600_000, reason: 'maintenance' };
    const { silence } = await ask<SilenceAnswer>(PATHS.silences, draft);
    await crash(0);
    await waitUntil('the alert under the silence', WAIT_MS, async () => {
      const now = (await ask<AlertsAnswer>(PATHS.alerts)).alerts;
      return now.some((one) => one.scope === 'fake-0' && one.state === 'firing' && one.silencedBy[0] === silence.id);
    });
    await sleep(4000);
    for (const peer of Object.values(peers)) expect(peer.taken).toEqual([]);
    expect((await amAlerts()).filter(({ labels }) => labels.scope === 'fake-0')).toEqual([]);
    await ask(PATHS.endSilence(silence.id), {});
    await untilAllTook('new fake-0');
  });

  it('forgets a phone that its push service does not know any more', async () => {
    const order = { name: 'old phone', subscription: new Phone().subscription(`${pushUrl}/gone`) };
    const { devices } = await ask<PushAnswer>(PATHS.push, order);
    expect(devices.map(({ name }) => name).sort()).toEqual(['my phone', 'old phone']);
    await expect(
      ask(PATHS.push, { name: 'x', subscription: phone.subscription('https://127.0.0.1:1/x') }),
    ).rejects.toThrow('known push service');
    await mend(0);
    await untilAllTook('over fake-0');
    await waitUntil('the old phone to be removed', WAIT_MS, async () => {
      const now = await ask<PushAnswer>(PATHS.push);
      return now.devices.length === 1 && now.devices[0]?.name === 'my phone';
    });
  });

  it('is silent about a switchover, however much stops meanwhile, and tells what stays', async () => {
    for (const peer of Object.values(peers)) peer.taken.length = 0;
    const fake = cluster(1);
    fake.stepMs = 2000;
    await fake.writeFailover({ leader: 'n1', member: 'n2' });
    await fake.moveTo('n2');
    const fired = await waitUntil('an alert to come and go', WAIT_MS, async () =>
      (await ask<AlertsAnswer>(PATHS.alerts)).alerts.find((one) => one.scope === 'fake-1' && one.member === 'n1'),
    );
    expect(fired).toMatchObject({ code: 'member_not_running', severity: 'critical' });
    await crash(1);
    await untilAllTook('new fake-1');
    await mend(1);
    await untilAllTook('over fake-1');
    for (const peer of Object.values(peers)) expect(peer.taken).toEqual(['new fake-1', 'over fake-1']);
    const { alerts } = await ask<AlertsAnswer>(PATHS.alerts);
    expect(alerts.filter((one) => one.scope === 'fake-1' && one.member === 'n1').map(({ toldAt }) => toldAt)).toEqual([
      null,
    ]);
  });

  it('says no secret in its log', () => {
    for (const secret of Object.values(SECRETS)) expect(howdah.output()).not.toContain(secret);
  });
});
