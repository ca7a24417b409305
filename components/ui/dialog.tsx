'use client';
import { type ReactNode, useEffect, useRef } from 'react';

interface DialogProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

/**
 * The browser's own modal: it holds the focus, hides the page from screen readers and closes by Escape. On a phone it is the
 * whole screen. Focus goes to what is marked `data-initial-focus`, never to a button that acts; back to where it was at the end.
 */
export function Dialog({ label, onClose, children, className = '' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector<HTMLElement>('[data-initial-focus]:not(:disabled)');
    (first ?? dialog).focus();
    document.documentElement.style.overflow = 'hidden';
    return () => {
      document.documentElement.style.overflow = '';
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={label}
      tabIndex={-1}
      onCancel={(event) => {
        if (event.target !== ref.current) return;
        event.preventDefault();
        onClose();
      }}
      className={`m-0 hidden max-h-none max-w-none flex-col overflow-clip border-l2 bg-bg1 p-0 text-f1 open:flex backdrop:bg-bg0/75 focus-visible:shadow-none focus-visible:outline-none max-md:fixed max-md:inset-0 max-md:h-dvh max-md:w-dvw md:m-auto md:max-h-[calc(100dvh-48px)] md:rounded-dialog md:border md:shadow-2xl ${className}`}
    >
      {children}
    </dialog>
  );
}
