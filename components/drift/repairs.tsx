'use client';
import { t, wire } from '@/lib/client/words/text';
import type { Text } from '@/lib/language/sentence';
import { CopyButton } from '../ui/copy-button';

/** What one would do, with the command where there is one. `relative`: what only readers of screens get stays within a table that scrolls. */
export function Repairs({
  repairs,
}: {
  repairs: readonly { readonly member: string; readonly text: Text; readonly command: string | null }[];
}) {
  return (
    <ul className="relative grid min-w-56 gap-1.5">
      {repairs.map(({ member, text, command }) => (
        <li key={member} className="text-12 text-f1">
          {command !== null && (
            <span className="flex items-center gap-1">
              <code className="min-w-0 break-all text-f0">{command}</code>
              <CopyButton text={() => command} label={t('Copy {what}', { what: command })} />
            </span>
          )}
          <span className="text-f2">{wire(text)}</span>
        </li>
      ))}
    </ul>
  );
}
