'use client';
// Web push of this browser: whether it can, why it cannot, and the subscription. Nothing is asked before a press.
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import type { PushAnswer, PushOrder } from '../../contract/alerts';
import { PATHS } from '../../contract/paths';
import { based } from '../live/base';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { form, language, t } from '../words/text';

const WORKER_URL = based('/push-worker.js');
const POST_MS = 8000;

/** Why this device cannot be told; null: it can be asked for. */
export type PushHindrance = 'insecure' | 'unsupported' | 'denied' | 'no_receiver';

export interface PushSurroundings {
  readonly isSecure: boolean;
  readonly hasWorker: boolean;
  readonly hasPush: boolean;
  readonly permission: NotificationPermission | null;
  readonly publicKey: string | null;
}

/** The one that a person can do something about first. */
export function hindranceOf({
  isSecure,
  hasWorker,
  hasPush,
  permission,
  publicKey,
}: PushSurroundings): PushHindrance | null {
  if (publicKey === null) return 'no_receiver';
  if (!isSecure) return 'insecure';
  if (!hasWorker || !hasPush || permission === null) return 'unsupported';
  return permission === 'denied' ? 'denied' : null;
}

/** Forms, said by `t`. */
export const HINDRANCES: Readonly<Record<PushHindrance, string>> = {
  no_receiver: form('No web push receiver is configured. Add one with webpush under receivers in howdah.yaml.'),
  insecure: form(
    'This page came over plain http. Browsers give push only to https and to localhost: open Howdah by its https address.',
  ),
  unsupported: form(
    'This browser has no web push here. On an iPhone or iPad add Howdah to the home screen first and open it from there; a private window has none.',
  ),
  denied: form(
    'Notifications from Howdah are blocked in this browser. Allow them in its settings for this site, then come back.',
  ),
};

export function lookAround(publicKey: string | null): PushSurroundings {
  return {
    isSecure: window.isSecureContext,
    hasWorker: 'serviceWorker' in navigator,
    hasPush: 'PushManager' in window,
    permission: 'Notification' in window ? Notification.permission : null,
    publicKey,
  };
}

/** base64url without padding, as VAPID keys are written. */
export function bytesOfKey(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function keyOfBytes(bytes: ArrayBuffer | null): string | null {
  if (bytes === null) return null;
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** `Chrome on Android`: what a person would call this device, to begin with. */
export function deviceName(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrome\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : t('Browser');
  const system = /iPhone/.test(agent)
    ? 'iPhone'
    : /iPad/.test(agent)
      ? 'iPad'
      : /Android/.test(agent)
        ? 'Android'
        : /Mac OS X/.test(agent)
          ? 'Mac'
          : /Windows/.test(agent)
            ? 'Windows'
            : /Linux/.test(agent)
              ? 'Linux'
              : t('this device');
  return t('{browser} on {system}', { browser, system });
}

export function usePush(): UseQueryResult<PushAnswer> {
  return useQuery({
    queryKey: ['push'],
    queryFn: ({ signal }) => getJson<PushAnswer>(PATHS.push, signal),
    staleTime: 15_000,
    refetchInterval: 30_000,
    retry: false,
  });
}

export type Subscribed = { readonly kind: 'subscribed' } | { readonly kind: 'refused'; readonly text: string };

/** Asks the person by the browser's own question, subscribes, and tells Howdah. Call it from a press only. */
export async function subscribe(publicKey: string, name: string): Promise<Subscribed> {
  const permission = await Notification.requestPermission();
  if (permission === 'denied') return { kind: 'refused', text: t(HINDRANCES.denied) };
  if (permission !== 'granted')
    return { kind: 'refused', text: t('The question was closed without an answer. Press again to be asked again.') };
  await navigator.serviceWorker.register(WORKER_URL);
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  // A subscription is bound to the key it was made with: of another Howdah, or of another key file, it is worthless.
  if (before !== null && keyOfBytes(before.options.applicationServerKey) !== publicKey) await before.unsubscribe();
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOfKey(publicKey),
  });
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined)
    return { kind: 'refused', text: t('The browser gave a subscription without keys.') };
  const own = { p256dh: keys.p256dh, auth: keys.auth };
  const order: PushOrder = { name, language: language(), subscription: { endpoint, keys: own } };
  await postJson<unknown>(PATHS.push, order, POST_MS);
  return { kind: 'subscribed' };
}

/** Also what this browser holds, where it is the one that is removed and the last. */
export async function unsubscribeHere(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(WORKER_URL);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

export function usePushOrders(): {
  readonly fresh: () => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
} {
  const client = useQueryClient();
  const fresh = () => client.invalidateQueries({ queryKey: ['push'] });
  return {
    fresh,
    remove: async (id) => {
      await postJson<unknown>(PATHS.pushDevice(id), {}, POST_MS);
      await fresh();
    },
  };
}
