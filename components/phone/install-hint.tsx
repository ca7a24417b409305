'use client';
import { useEffect, useState } from 'react';
import { t } from '@/lib/client/words/text';
import { Button } from '../ui/button';

/** What Chromium fires where the page can be installed; nothing else has it. */
interface InstallEvent extends Event {
  readonly prompt: () => Promise<unknown>;
}

const isInstallEvent = (event: Event): event is InstallEvent => 'prompt' in event;

/** Offers to keep Howdah on this device, where the browser can; nothing where it is kept already, or cannot be. */
export function InstallHint() {
  const [offer, setOffer] = useState<InstallEvent | null>(null);
  useEffect(() => {
    const onOffer = (event: Event) => {
      if (!isInstallEvent(event)) return;
      event.preventDefault();
      setOffer(event);
    };
    const onInstalled = () => setOffer(null);
    addEventListener('beforeinstallprompt', onOffer);
    addEventListener('appinstalled', onInstalled);
    return () => {
      removeEventListener('beforeinstallprompt', onOffer);
      removeEventListener('appinstalled', onInstalled);
    };
  }, []);
  if (offer === null) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2 text-12 text-f2">
      <span className="min-w-0 grow basis-52">
        {t('Kept on this device, Howdah opens from the home screen, and a push opens the card of its cluster.')}
      </span>
      <Button
        icon="phone"
        onClick={() => {
          setOffer(null);
          void offer.prompt();
        }}
      >
        {t('Install on this device')}
      </Button>
    </p>
  );
}
