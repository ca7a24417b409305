import Link from 'next/link';
import { tn, wire } from '@/lib/client/words/text';
import type { SharedCause } from '@/lib/domain/cause/shared';
import { SeverityIcon } from '../ui/glyph';

/** One trouble of several clusters, said once above their rows. */
export function SharedBanner({ causes }: { causes: readonly SharedCause[] }) {
  return causes.map(({ code, title, text, health, scopes }) => (
    <section
      key={`${code} ${title}`}
      role="status"
      data-shared={code}
      className={`mb-2 rounded-panel border border-l1 px-3.5 py-2 ${health === 'critical' ? 'bar-critical bg-critical-tint' : health === 'unknown' ? 'bar-unknown bg-unknown-tint' : 'bar-warning bg-bg2'}`}
    >
      <p className="flex gap-2">
        <SeverityIcon health={health} className="mt-0.5" />
        <span className="min-w-0 break-words">
          <span className="font-semibold text-f0">{wire(title)}</span> {wire(text)}
        </span>
      </p>
      <details className="pl-6 text-12 text-f2">
        <summary className="w-fit cursor-pointer">{tn(scopes.length, '{n} cluster', '{n} clusters')}</summary>
        <ul className="flex flex-wrap gap-x-3">
          {scopes.map((scope) => (
            <li key={scope} className="min-w-0 break-all">
              <Link href={`/clusters/${encodeURIComponent(scope)}`} prefetch={false}>
                {scope}
              </Link>
            </li>
          ))}
        </ul>
      </details>
    </section>
  ));
}
