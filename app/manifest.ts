import type { MetadataRoute } from 'next';
import { based } from '@/lib/client/live/base';
import { pageText } from './language';

/** What a phone needs to keep Howdah beside its other apps. It caches nothing: without a link there is only what was read before. */
export default async function manifest(): Promise<MetadataRoute.Manifest> {
  const t = await pageText();
  return {
    id: based('/'),
    name: 'Howdah',
    short_name: 'Howdah',
    description: t('PostgreSQL clusters run by Patroni'),
    start_url: based('/'),
    scope: based('/'),
    display: 'standalone',
    background_color: '#0b0d10',
    theme_color: '#0b0d10',
    icons: [
      { src: based('/icon-192.png'), sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: based('/icon-512.png'), sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: based('/icon-maskable-512.png'), sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    shortcuts: [{ name: t('Alerts'), url: based('/alerts') }],
  };
}
