'use client';
import type { ReactNode } from 'react';
import { LanguageChoice } from '../shell/language-choice';
import { ThemeToggle } from '../shell/theme-toggle';
import { Logo } from '../ui/icon';

/** The pages before one is in: one card, and nothing of what is behind it. */
export function DoorFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh min-w-0 grow flex-col items-center px-4 pt-[max(24px,12dvh)] pb-6">
      <div className="w-full max-w-[380px] md:rounded-dialog md:border md:border-l1 md:bg-bg1 md:p-7">
        <header className="mb-5 flex items-center gap-3">
          <Logo size={30} className="text-f0" />
          <div className="min-w-0">
            <p className="text-12 text-f2">Howdah</p>
            <h1 className="break-words font-semibold text-18 text-f0">{title}</h1>
          </div>
        </header>
        {children}
      </div>
      <footer className="mt-4 flex items-center gap-1">
        <LanguageChoice />
        <ThemeToggle />
      </footer>
    </main>
  );
}

/** What must be read before going on. `alert`: it just happened, and is said aloud. */
export function DoorNote({
  tone,
  children,
  role,
}: {
  tone: 'note' | 'warning';
  children: ReactNode;
  role?: 'alert' | 'status';
}) {
  return (
    <p
      role={role}
      className={`mb-4 break-words rounded-panel border border-l1 px-3.5 py-2.5 text-13 text-f0 ${tone === 'warning' ? 'bar-warning bg-warning-tint' : 'bg-bg2'}`}
    >
      {children}
    </p>
  );
}
