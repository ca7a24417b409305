import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Frame } from '@/components/shell/frame';
import { based } from '@/lib/client/live/base';
import { nonceOf } from '@/lib/server/edge/nonce';
import { wordsVersion } from '@/lib/server/words';
import { pageText, readLanguage } from './language';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return {
    title: { default: `${t('Fleet')} · Howdah`, template: '%s · Howdah' },
    description: t('PostgreSQL clusters run by Patroni'),
    icons: { icon: based('/icon.svg'), apple: based('/apple-touch-icon.png') },
    appleWebApp: { capable: true, title: 'Howdah', statusBarStyle: 'black' },
    formatDetection: { telephone: false },
  };
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1, viewportFit: 'cover' };

/** Before the first paint; and the nonce for the one package that writes a style element (the dialog's scroll lock). */
const THEME = `try{var t=localStorage.getItem('howdah-theme')}catch(e){}document.documentElement.dataset.theme=t==='light'||t==='dark'?t:matchMedia('(prefers-color-scheme: light)').matches?'light':'dark';self.__webpack_nonce__=document.currentScript.nonce`;

export default async function Layout({ children }: { children: ReactNode }) {
  const [language, asked] = await Promise.all([readLanguage(), headers()]);
  return (
    <html lang={language} data-theme="dark" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours; the theme must be set before the first paint */}
        <script nonce={nonceOf(asked)} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME }} />
      </head>
      <body>
        <Frame words={{ language, version: wordsVersion(language) }}>{children}</Frame>
      </body>
    </html>
  );
}
