// Web push (RFC 8030, 8291, 8292): one encrypted request to the push service of each phone. The endpoint of a subscription comes
// from a browser, so that only hosts of known push services, or configured ones, are ever asked. The key pair is made once and
// kept in a file of its own: with another one every subscription would be worthless.

import { createECDH } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { PushOrder } from '../../../contract/alerts';
import type { Language } from '../../../language/language';
import { plural } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { SpokenError } from '../../../language/spoken-error';
import { cutText, type Message } from '../../../telling/alerts/message';
import type { WebPushSettings } from '../../config/receiver-settings';
import { damaged, readDataObject } from '../../data-file';
import { Poster, secretsOf } from './http';
import type { Receiver, Sent } from './receiver';

export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface Subscribed {
  readonly id: string;
  readonly subscription: PushOrder['subscription'];
  /** Absent in rows of a release that did not ask. */
  readonly language?: Language | undefined;
}

/** The services of Chrome, Firefox, Safari and Edge. */
const SERVICES = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
] as const;
/** What a service takes at least is 4096 bytes encrypted (RFC 8030 7.2); the rest of the message stands behind the link. */
const TEXT_MAX = 1500;
/** A phone that was off for longer is told nothing old. */
const TTL_SECONDS = 12 * 3600;

export function isPushService(endpoint: string, more: readonly string[]): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== 'https:' || url.username !== '') return false;
  if (more.includes(url.host)) return true;
  const known = SERVICES.some((name) =>
    name.startsWith('*') ? url.hostname.endsWith(name.slice(1)) : name === url.hostname,
  );
  return known && url.port === '';
}

/** A key pair on P-256, each as its bytes in base64url (RFC 8292). */
function newKeys(): VapidKeys {
  const curve = createECDH('prime256v1');
  const publicKey = curve.generateKeys('base64url', 'uncompressed');
  const secret = curve.getPrivateKey();
  return { publicKey, privateKey: Buffer.concat([Buffer.alloc(32 - secret.length), secret]).toString('base64url') };
}

/** Read, or made where there is none. Two processes that start at once agree: the file appears whole or not at all. */
export function vapidKeys(file: string): VapidKeys {
  const known = readKeys(file);
  if (known !== null) return known;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  const handle = openSync(/* turbopackIgnore: true */ draft, 'wx', 0o600);
  try {
    writeSync(handle, JSON.stringify(newKeys()));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  const made = readKeys(file);
  if (made === null) throw new Error(`${file} was removed while it was made`);
  return made;
}

/** null: there is none. */
function readKeys(file: string): VapidKeys | null {
  const json = readDataObject(file, 'vapid.json');
  if (json === null) return null;
  const { publicKey, privateKey } = json;
  if (typeof publicKey === 'string' && typeof privateKey === 'string') return { publicKey, privateKey };
  throw new SpokenError(damaged(file, 'vapid.json'));
}

/** A phone opens the incident card of the cluster; what is about Howdah itself keeps its link. */
export function cardLink({ scope, link }: Pick<Message, 'scope' | 'link'>): string {
  const page = `/clusters/${encodeURIComponent(scope)}`;
  const at = scope === '' ? -1 : link.lastIndexOf(page);
  return at < 0 ? link : `${link.slice(0, at + page.length)}/now`;
}

export function webPushReceiver(
  settings: WebPushSettings,
  keys: VapidKeys,
  devices: () => readonly Subscribed[],
): Receiver {
  const poster = new Poster(settings.tls);
  return {
    name: settings.name,
    kind: 'webpush',
    language: (address) => devices().find(({ id }) => id === address)?.language ?? settings.language,
    target: () => plural(devices().length, 'phone'),
    addresses: () => devices().map(({ id }) => id),
    async send(message, address): Promise<Sent> {
      const device = devices().find(({ id }) => id === address);
      if (device === undefined) return { ok: false, text: say`the phone was removed`, final: true, retryAfterMs: null };
      const { endpoint, keys: own } = device.subscription;
      if (!isPushService(endpoint, settings.services)) {
        return { ok: false, text: say`not a known push service`, final: true, retryAfterMs: null };
      }
      const { id, group, reason, severity, scope, title, text, link, at } = message;
      const body = text.split('\n').slice(1).join('\n').replace(link, '').trim();
      const payload = JSON.stringify({
        id,
        group,
        reason,
        severity,
        scope,
        title,
        body: cutText(body, TEXT_MAX),
        link: cardLink(message),
        at,
      });
      try {
        // Loaded with the first message to a phone.
        const { default: webpush } = await import('web-push');
        const details = webpush.generateRequestDetails({ endpoint, keys: own }, payload, {
          vapidDetails: { subject: settings.subject, ...keys },
          TTL: TTL_SECONDS,
          urgency: severity === 'critical' ? 'high' : 'normal',
          // A newer word about the same incident replaces an older one that still waits for the phone: at most 32 of these letters.
          topic: group.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 32),
          contentEncoding: 'aes128gcm',
        });
        const headers = Object.fromEntries(
          Object.entries(details.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
        );
        delete headers['content-length'];
        const secrets = [...secretsOf(endpoint), keys.privateKey];
        const sent = await poster.post({ url: endpoint, headers, body: details.body ?? '', secrets });
        if (!sent.ok && /^HTTP (404|410)\b/.test(String(sent.text))) return { ...sent, final: true, gone: true };
        return sent;
      } catch {
        return { ok: false, text: say`the subscription cannot be used`, final: true, retryAfterMs: null };
      }
    },
    close: () => poster.close(),
  };
}
