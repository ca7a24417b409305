'use client';
import type { FormEvent, ReactNode } from 'react';
import { t } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { Command } from '../ui/command';
import { Dialog } from '../ui/dialog';
import { Problem } from './panel-states';

interface SmallDialogProps {
  readonly title: string;
  readonly note?: string | undefined;
  readonly verb: string;
  readonly isSending: boolean;
  readonly problem: string | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** One order with what it needs: fields, what is wrong with them, one button that names it. */
export function SmallDialog({ title, note, verb, isSending, problem, onSubmit, onClose, children }: SmallDialogProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog label={title} onClose={onClose} className="md:w-[600px]">
      <form noValidate onSubmit={submit} className="flex min-h-0 grow flex-col">
        <header className="border-l1 border-b px-5 py-3">
          <h2 className="break-words font-semibold text-15 text-f0">{title}</h2>
          {note !== undefined && <p className="break-words text-12 text-f2">{note}</p>}
        </header>
        <div className="grid min-h-0 grow content-start gap-3.5 overflow-y-auto px-5 py-4">
          {children}
          <Problem text={problem} />
        </div>
        <footer className="flex flex-wrap justify-end gap-2 border-l1 border-t px-5 py-3">
          <Button kind="quiet" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button type="submit" kind="primary" disabled={isSending}>
            {verb}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** A link or a secret that was just made. Closing forgets it. */
export function OnceDialog({
  title,
  note,
  text,
  onClose,
}: {
  title: string;
  note: string;
  text: string;
  onClose: () => void;
}) {
  return (
    <Dialog label={title} onClose={onClose} className="md:w-[600px]">
      <header className="border-l1 border-b px-5 py-3">
        <h2 className="break-words font-semibold text-15 text-f0">{title}</h2>
      </header>
      <div className="grid grow content-start gap-3 px-5 py-4">
        <Command text={text} prompt={false} />
        <p className="break-words text-f1">{note}</p>
      </div>
      <footer className="flex justify-end border-l1 border-t px-5 py-3">
        <Button onClick={onClose}>{t('Close')}</Button>
      </footer>
    </Dialog>
  );
}
