import { t } from '@/lib/client/words/text';
import { CopyButton } from './copy-button';

/** A command to copy, with what it is for beside it. */
export function Command({ text, note, prompt = true }: { text: string; note?: string; prompt?: boolean }) {
  return (
    <div className="flex min-h-9 items-center gap-2 rounded-control border border-l2 bg-bg0 py-1 pr-1.5 pl-2.5">
      <code className="min-w-0 break-all text-12 text-f0">
        {prompt && <span className="select-none text-f3">$ </span>}
        {text}
      </code>
      {note && <span className="min-w-0 text-11 text-f3">{note}</span>}
      <span className="ml-auto">
        <CopyButton text={() => text} label={t('Copy {what}', { what: text })} />
      </span>
    </div>
  );
}
