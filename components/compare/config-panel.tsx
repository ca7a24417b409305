'use client';
import { t, tn } from '@/lib/client/words/text';
import type { LeafChange } from '@/lib/domain/config/diff';
import { Panel } from '../ui/panel';

/** As it is stored; a list is one leaf. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface ConfigPanelProps {
  /** null: not known at one of the two. */
  readonly changes: readonly LeafChange[] | null;
  readonly revisions: readonly (string | null)[];
}

export function ConfigPanel({ changes, revisions }: ConfigPanelProps) {
  const [from, to] = revisions;
  const said = from != null && to != null && from !== to ? t('revision {from} to {to}', { from, to }) : undefined;
  return (
    <Panel
      title={t('Dynamic configuration')}
      count={changes === null ? undefined : tn(changes.length, '{n} leaf', '{n} leaves')}
      aside={said}
    >
      {changes === null ? (
        <p className="px-3.5 py-2.5 text-unknown">{t('Not compared: it was not known at one of the two.')}</p>
      ) : changes.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('The same at both.')}</p>
      ) : (
        <ul className="py-1.5 font-mono text-12">
          {changes.map(({ path, before, after }) => (
            <li key={path.join('.')} className="px-3.5 py-1">
              <span className="block break-all text-f1">{path.join('.')}</span>
              {before !== undefined && (
                <del className="block whitespace-pre-wrap break-all bg-bg2 pl-2 text-f2">- {written(before)}</del>
              )}
              {after !== undefined && (
                <ins className="block whitespace-pre-wrap break-all bg-accent/10 pl-2 text-f0 no-underline">
                  + {written(after)}
                </ins>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
