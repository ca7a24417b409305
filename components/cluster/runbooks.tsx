'use client';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useFleet } from '@/lib/client/live/live';
import { useRunbooks } from '@/lib/client/live/runbooks';
import { sentence } from '@/lib/client/words/format';
import { type Block, type Inline, markdownBlocks } from '@/lib/client/words/markdown';
import { t, wire } from '@/lib/client/words/text';
import { fillLink } from '@/lib/telling/runbooks/runbook';
import { SeverityIcon } from '../ui/glyph';

const LINK =
  'rounded-chip text-12 text-accent underline pointer-coarse:inline-block pointer-coarse:min-h-11 pointer-coarse:content-center';
/** Around what somebody looks at, for tools that show a window. */
const BEFORE_MS = 30 * 60_000;
const AFTER_MS = 10 * 60_000;

interface AboutProps {
  readonly scope: string;
  /** Of a finding or a cause. */
  readonly code: string;
  readonly member: string | null;
  /** When it began. */
  readonly since: number;
}

/** Beside the advice: what is written here for such a case, and where else to look. */
export function RunbooksAbout({ scope, code, member, since }: AboutProps) {
  const { data } = useRunbooks(scope);
  const own = data?.runbooks.filter((runbook) => runbook.codes.includes(code)) ?? [];
  return (
    <>
      {own.map((runbook) => (
        <details key={runbook.file} className="mt-1.5 rounded-control border border-l1 bg-bg1">
          <summary className="cursor-pointer px-2.5 py-1.5 text-12 text-f0 -outline-offset-2 pointer-coarse:min-h-11 pointer-coarse:content-center">
            {t('Runbook: {title}', { title: runbook.title })}
          </summary>
          <Markdown text={runbook.text} />
        </details>
      ))}
      <Links scope={scope} code={code} member={member} from={since - BEFORE_MS} className="mt-1.5" />
    </>
  );
}

interface LinksProps {
  readonly scope: string;
  readonly code: string | null;
  readonly member: string | null;
  readonly from: number;
  readonly className?: string;
}

/** Those of which everything is known that they ask for. */
function Links({ scope, code, member, from, className = '' }: LinksProps) {
  const { data } = useRunbooks(scope);
  const past = usePast();
  const now = useNow(60_000);
  const labels = useFleet()?.rows.find((row) => row.scope === scope)?.labels ?? {};
  const to = past === null ? now : past.at + AFTER_MS;
  const values = { scope, member, code, from: String(Math.round(from)), to: String(Math.round(to)) };
  const shown = (data?.links ?? []).flatMap(({ name, url }) => {
    // What asks for neither stands once, below the findings.
    if (/\{(member|code)\}/.test(url) !== (code !== null)) return [];
    const filled = fillLink(url, values, labels);
    return filled === null ? [] : [{ name, url: filled }];
  });
  if (shown.length === 0) return null;
  return (
    <p className={`flex flex-wrap gap-x-3 gap-y-1 text-12 text-f2 ${className}`}>
      {t('Look in:')}
      {shown.map(({ name, url }) => (
        <a key={name} href={url} target="_blank" rel="noreferrer" className={LINK}>
          {name}
        </a>
      ))}
    </p>
  );
}

/** Below the findings: links about the cluster as a whole, and files that could not be used. */
export function RunbooksFoot({ scope }: { scope: string }) {
  const { data } = useRunbooks(scope);
  const past = usePast();
  const now = useNow(60_000);
  const from = (past?.at ?? now) - BEFORE_MS;
  return (
    <>
      <Links scope={scope} code={null} member={null} from={from} className="border-l1 border-t px-3.5 py-2" />
      {data?.problem != null && (
        <p className="flex items-start gap-2 border-l1 border-t px-3.5 py-2 text-12 text-warning">
          <SeverityIcon health="warning" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">
            {sentence(t('Runbooks: {problem}', { problem: wire(data.problem) }))}
          </span>
        </p>
      )}
    </>
  );
}

function Markdown({ text }: { text: string }) {
  return (
    <div className="grid gap-2 border-l1 border-t px-2.5 py-2 text-13 text-f1">
      {markdownBlocks(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places
        <Drawn key={index} block={block} />
      ))}
    </div>
  );
}

function Drawn({ block }: { block: Block }) {
  if (block.kind === 'code')
    return (
      <pre className="overflow-x-auto whitespace-pre-wrap break-words rounded-control bg-bg2 px-2.5 py-1.5 text-12 text-f0">
        {block.text}
      </pre>
    );
  if (block.kind !== 'list')
    return (
      <p className={`min-w-0 break-words ${block.kind === 'heading' ? 'font-semibold text-f0' : ''}`}>
        <Words inline={block.inline} />
      </p>
    );
  const items = block.items.map((inline, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the items of one text never change places
    <li key={index} className="min-w-0 break-words">
      <Words inline={inline} />
    </li>
  ));
  return block.ordered ? <ol className="list-decimal pl-5">{items}</ol> : <ul className="list-disc pl-5">{items}</ul>;
}

function Words({ inline }: { inline: readonly Inline[] }) {
  return inline.map((part, index) => {
    const key = `${index}${part.kind}`;
    if (part.kind === 'code')
      return (
        <code key={key} className="break-words text-12 text-f0">
          {part.text}
        </code>
      );
    if (part.kind === 'bold')
      return (
        <strong key={key} className="font-semibold text-f0">
          {part.text}
        </strong>
      );
    if (part.kind === 'link')
      return (
        <a key={key} href={part.url} target="_blank" rel="noreferrer" className="rounded-chip text-accent underline">
          {part.text}
        </a>
      );
    return part.text;
  });
}
