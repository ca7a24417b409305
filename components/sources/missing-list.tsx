import { t, wire } from '@/lib/client/words/text';
import type { MissingPart } from '@/lib/contract/sources';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';

/** What is not seen or cannot be done, and what grants it. */
export function MissingList({ missing }: { missing: readonly MissingPart[] }) {
  return (
    <ul>
      {missing.map((part) => (
        <li
          key={`${part.title} ${part.text}`}
          className="flex gap-2.5 border-l1 border-t px-3.5 py-2.5 first:border-t-0"
        >
          <SeverityIcon health="warning" className="mt-0.5 shrink-0" />
          <div className="min-w-0 grow">
            <p className="break-words font-semibold text-f0">{wire(part.title)}</p>
            <p className="break-words text-12 text-f2">{wire(part.text)}</p>
            {part.commands.map(({ where, command }) => (
              <div key={command} className="mt-1.5 min-w-0">
                <p className="mb-1 text-11 text-f2">{wire(where)}</p>
                <CodeBox text={command} label={t('Copy {what}', { what: command.split('\n')[0] ?? '' })} />
              </div>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

export function CodeBox({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-control border border-l2 bg-bg0 py-1.5 pr-1.5 pl-2.5">
      <code className="min-w-0 grow whitespace-pre-wrap break-all text-12 text-f0">{text.trimEnd()}</code>
      <CopyButton text={() => text} label={label} />
    </div>
  );
}
