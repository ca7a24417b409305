// Shows what Howdah pushes, and opens the screen it is about. It caches nothing: an old state of a cluster is worse than none.

/** This file lies beside the pages: `/`, or the prefix under which Howdah is served. */
const BASE = new URL('.', self.location.href).href;
const ALERTS = `${BASE}alerts`;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** Said where a push brings no words of its own. */
const NO_WORDS = /^ru\b/i.test(self.navigator.language ?? '')
  ? 'Howdah хочет что-то сообщить'
  : 'Howdah has something to tell';

const text = (value, limit) => (typeof value === 'string' ? value.slice(0, limit) : '');

/** Only addresses of the web; anything else leads to the alerts. */
function linkOf(value) {
  try {
    const url = new URL(text(value, 2000), self.location.origin);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  } catch {
    // No address at all.
  }
  return ALERTS;
}

function messageOf(data) {
  try {
    const value = data === null ? null : data.json();
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return { title: data.text() };
  }
}

self.addEventListener('push', (event) => {
  const message = messageOf(event.data);
  const tag = text(message.group, 200) || text(message.id, 200) || 'howdah';
  const shown = self.registration.showNotification(text(message.title, 200) || NO_WORDS, {
    body: text(message.body, 1500) || text(message.text, 1500),
    tag,
    // One incident is one notification; a newer word about it replaces the older and sounds again.
    renotify: true,
    requireInteraction: message.severity === 'critical' && message.reason !== 'over',
    timestamp: Number.isFinite(message.at) ? message.at : Date.now(),
    icon: `${BASE}icon-192.png`,
    data: { link: linkOf(message.link ?? ALERTS) },
  });
  event.waitUntil(shown);
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { link } = event.notification.data ?? {};
  const target = linkOf(link ?? ALERTS);
  const open = async () => {
    const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    // The same page, wherever in it the person was: a card in the middle of an action is not loaded anew.
    const page = (href) => href.replace(/[?#].*$/, '');
    const there =
      windows.find((client) => client.url === target) ?? windows.find((client) => page(client.url) === page(target));
    if (there !== undefined) return there.focus();
    return self.clients.openWindow(target);
  };
  event.waitUntil(open());
});
