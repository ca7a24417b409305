'use client';
import { useEffect, useState } from 'react';
import { t } from '@/lib/client/words/text';
import { Icon } from './icon';

/** The clipboard API is absent on plain http with a host name; a selected text area still works there. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser: the older way may still be allowed.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

interface CopyButtonProps {
  /** Asked for at the click, so that a live table is copied as it is then. */
  readonly text: () => string;
  readonly label: string;
  readonly icon?: 'copy' | 'download';
  /** Without words on the button the label is its accessible name. */
  readonly words?: boolean;
}

export function CopyButton({ text, label, icon = 'copy', words = false }: CopyButtonProps) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const said = copied === null ? null : t(copied ? 'Copied' : 'Not allowed here');
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const shape = words
    ? 'h-[30px] gap-2 rounded-control border border-l2 bg-bg2 px-3 text-12 font-medium text-f0 hover:border-l3'
    : 'size-6 justify-center rounded-chip text-f2 hover:text-f0';
  return (
    <button
      type="button"
      className={`inline-flex shrink-0 items-center ${shape}`}
      aria-label={words ? undefined : label}
      title={words ? undefined : label}
      onClick={async () => setCopied(await copy(text()))}
    >
      <Icon name={copied === true ? 'check' : icon} size={13} />
      {words && <span className="whitespace-nowrap">{said ?? label}</span>}
      <span className="sr-only" role="status">
        {said}
      </span>
    </button>
  );
}
