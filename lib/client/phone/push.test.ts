import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bytesOfKey, deviceName, HINDRANCES, hindranceOf, keyOfBytes } from './push';

const CAN = { isSecure: true, hasWorker: true, hasPush: true, permission: 'default', publicKey: 'key' } as const;

describe('why a device cannot be told', () => {
  it('is said for each cause, and nothing where it can', () => {
    expect(hindranceOf(CAN)).toBeNull();
    expect(hindranceOf({ ...CAN, permission: 'granted' })).toBeNull();
    expect(hindranceOf({ ...CAN, publicKey: null })).toBe('no_receiver');
    expect(hindranceOf({ ...CAN, isSecure: false, hasWorker: false })).toBe('insecure');
    expect(hindranceOf({ ...CAN, hasPush: false })).toBe('unsupported');
    expect(hindranceOf({ ...CAN, permission: null })).toBe('unsupported');
    expect(hindranceOf({ ...CAN, permission: 'denied' })).toBe('denied');
    expect(new Set(Object.values(HINDRANCES)).size).toBe(4);
  });
});

describe('a VAPID key', () => {
  it('is the same text after being bytes, with the letters of base64url', () => {
    const key = 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U';
    const bytes = bytesOfKey(key);
    expect(bytes[0]).toBe(4);
    expect(bytes).toHaveLength(65);
    expect(keyOfBytes(bytes.buffer)).toBe(key);
    expect(keyOfBytes(null)).toBeNull();
  });
});

describe('the name of a device', () => {
  it('says browser and system', () => {
    expect(deviceName('Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile Safari/537.36')).toBe('Chrome on Android');
    expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1')).toBe(
      'Safari on iPhone',
    );
    expect(deviceName('')).toBe('Browser on this device');
  });
});

interface Shown {
  readonly title: string;
  readonly options: { readonly body: string; readonly tag: string; readonly data: { readonly link: string } };
}

/** The worker as a browser would run it: what it shows, where a click leads, and whatever it stores. */
function worker(href = 'https://howdah.example/push-worker.js', language = 'en-GB') {
  const listeners = new Map<string, (event: object) => void>();
  const shown: Shown[] = [];
  const opened: string[] = [];
  const self = {
    addEventListener: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
    skipWaiting: () => undefined,
    navigator: { language },
    location: { origin: new URL(href).origin, href },
    registration: { showNotification: (title: string, options: Shown['options']) => shown.push({ title, options }) },
    clients: {
      claim: () => undefined,
      matchAll: async () => [],
      openWindow: async (url: string) => opened.push(url),
    },
  };
  const source = readFileSync(path.resolve(import.meta.dirname, '../../../public/push-worker.js'), 'utf8');
  vm.runInNewContext(source, { self, URL, Date, Number });
  const push = (data: { json: () => unknown; text: () => string } | null): Shown | undefined => {
    listeners.get('push')?.({ data, waitUntil: () => undefined });
    return shown.at(-1);
  };
  const click = async (link: unknown): Promise<string | undefined> => {
    const waits: Promise<unknown>[] = [];
    listeners.get('notificationclick')?.({
      notification: { close: () => undefined, data: { link } },
      waitUntil: (wait: Promise<unknown>) => waits.push(wait),
    });
    await Promise.all(waits);
    return opened.at(-1);
  };
  return { push, click, source };
}

const asJson = (value: unknown) => ({ json: () => value, text: () => JSON.stringify(value) });

describe('the push worker', () => {
  it('shows title and text, one notification an incident, and leads to its link', async () => {
    const { push, click } = worker();
    const link = 'https://howdah.example/clusters/orders?at=1';
    const notification = push(asJson({ id: '1', group: 'g1', title: 'No leader', body: 'for 42 s', link }));
    expect(notification).toMatchObject({
      title: 'No leader',
      options: { body: 'for 42 s', tag: 'g1', data: { link } },
    });
    expect(await click(link)).toBe(link);
  });

  it('opens no address that is none of the web', async () => {
    const { push, click } = worker();
    expect(push(asJson({ title: 'x', link: 'javascript:alert(1)' }))?.options.data.link).toBe(
      'https://howdah.example/alerts',
    );
    expect(await click('data:text/html,x')).toBe('https://howdah.example/alerts');
  });

  it('shows something also for a push without or with broken data: browsers take the right away else', () => {
    const { push } = worker();
    expect(push(null)?.title).toBe('Howdah has something to tell');
    const broken = {
      json: () => {
        throw new Error('no JSON');
      },
      text: () => 'plain words',
    };
    expect(push(broken)?.title).toBe('plain words');
    expect(push(asJson('a string'))?.title).toBe('Howdah has something to tell');
  });

  it('says what it has to say of itself in the language of the browser', () => {
    expect(worker(undefined, 'ru-RU').push(null)?.title).toBe('Howdah хочет что-то сообщить');
    expect(worker(undefined, 'rup').push(null)?.title).toBe('Howdah has something to tell');
  });

  it('under a prefix leads to what is below it', async () => {
    const { push, click } = worker('https://howdah.example/db/howdah/push-worker.js');
    expect(push(asJson({ title: 'x' }))?.options).toMatchObject({
      icon: 'https://howdah.example/db/howdah/icon-192.png',
      data: { link: 'https://howdah.example/db/howdah/alerts' },
    });
    expect(await click(null)).toBe('https://howdah.example/db/howdah/alerts');
  });

  it('keeps nothing', () => {
    expect(worker().source).not.toMatch(/caches\.|indexedDB|'fetch'/);
  });
});
