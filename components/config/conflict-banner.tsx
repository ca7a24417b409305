'use client';
import { useState } from 'react';
import type { ConfigEditor } from '@/lib/client/config/use-editor';
import { t, tn } from '@/lib/client/words/text';
import type { RevisionsAnswer } from '@/lib/contract/actions';
import { diffConfig, leafName, type Path, sameJson, valueAt } from '@/lib/domain/config/diff';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { leafWords } from './leaf-words';

interface ConflictBannerProps {
  readonly editor: ConfigEditor;
  readonly revisions: RevisionsAnswer | null;
}

const same = (a: Path, b: Path): boolean => a.join('\n') === b.join('\n');

/** Somebody else stored another revision while this edit goes on; after the merge, what is still to be decided. */
export function ConflictBanner({ editor, revisions }: ConflictBannerProps) {
  const [comparing, setComparing] = useState(false);
  const { diverged, session } = editor;
  if (diverged === null) return session.undecided.length === 0 ? null : <Undecided editor={editor} />;
  const { stored, theirs, conflicts } = diverged;
  const known = revisions?.revisions.find((entry) => entry.revision === stored.revision);
  const first = theirs[0];
  const who = known?.actor ?? t('Not by this Howdah: somebody');
  const revision = <span className="font-mono">{stored.revision ?? t('unknown')}</span>;
  return (
    <>
      <section
        aria-label={t('Conflict')}
        className="bar-warning mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-panel border border-warning/50 bg-warning-tint px-4 py-2.5"
      >
        <SeverityIcon health="warning" />
        <div className="min-w-0 grow basis-80" role="status">
          <p className="font-semibold text-f0">{t('This configuration changed while you were editing')}</p>
          <p className="text-12 text-f1 [overflow-wrap:anywhere]">
            {known?.seenAt == null
              ? rich('{who} stored revision {revision}', { who, revision })
              : rich('{who} stored revision {revision} {age} ago', { who, revision, age: <Since at={known.seenAt} /> })}
            {first !== undefined && (
              <>
                :{' '}
                {rich('{leaf} {before} to {after}', {
                  leaf: <span className="font-mono">{leafName(first.path)}</span>,
                  before: leafWords(first.before),
                  after: leafWords(first.after),
                })}
                {theirs.length > 1 && ` ${tn(theirs.length - 1, 'and {n} more setting', 'and {n} more settings')}`}
              </>
            )}
            .{' '}
            {conflicts.length === 0
              ? t('You changed other settings.')
              : t('You changed {leaves} too.', { leaves: conflicts.map(leafName).join(', ') })}{' '}
            {t('Nothing is lost; saving needs a merge.')}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setComparing(!comparing)}>
            {t(comparing ? 'Hide the comparison' : 'Compare three versions')}
          </Button>
          <Button onClick={editor.merge} disabled={editor.document.value === null}>
            {editor.document.value === null
              ? t('Merge: it does not parse')
              : conflicts.length === 0
                ? t('Merge, no conflict')
                : tn(conflicts.length, 'Merge, {n} conflict', 'Merge, {n} conflicts')}
          </Button>
        </div>
      </section>
      {comparing && <Comparison editor={editor} />}
    </>
  );
}

function Comparison({ editor }: { editor: ConfigEditor }) {
  const { diverged, session, document, changes } = editor;
  if (diverged === null || document.value === null) return null;
  const paths = [...diffConfig(session.base.value, diverged.stored.value), ...changes]
    .map((change) => change.path)
    .filter((path, index, all) => all.findIndex((other) => same(other, path)) === index);
  const mine = document.value;
  return (
    <Panel title={t('Three versions')} count={tn(paths.length, '{n} setting', '{n} settings')} className="mb-3">
      <div className="relative overflow-x-auto" tabIndex={-1}>
        <table className="w-full text-12">
          <thead>
            <tr className="h-7 border-l1 border-b text-11 text-f2 [&>th]:px-2 [&>th]:text-left [&>th]:font-normal [&>th]:first:pl-3.5">
              <th scope="col">{t('Setting')}</th>
              <th scope="col">{t('Started from {revision}', { revision: session.base.revision ?? '' })}</th>
              <th scope="col">{t('Stored now {revision}', { revision: diverged.stored.revision ?? '' })}</th>
              <th scope="col">{t('Yours')}</th>
            </tr>
          </thead>
          <tbody>
            {paths.map((path) => {
              const [base, theirs, own] = [session.base.value, diverged.stored.value, mine].map((value) =>
                valueAt(value, path),
              );
              const conflict = diverged.conflicts.some((other) => same(other, path));
              const tone = (value: unknown): string =>
                sameJson(value, base) ? 'text-f3' : conflict ? 'text-warning font-semibold' : 'text-f0 font-semibold';
              return (
                <tr
                  key={path.join('\n')}
                  className="border-l1 border-b align-top last:border-b-0 [&>*]:px-2 [&>*]:py-1.5 [&>*]:first:pl-3.5"
                >
                  <th scope="row" className="text-left font-medium font-mono text-f0 [overflow-wrap:anywhere]">
                    {leafName(path)}
                    {conflict && <span className="ml-2 font-sans text-warning">{t('conflict')}</span>}
                  </th>
                  <Cell value={base} tone="text-f2" />
                  <Cell value={theirs} tone={tone(theirs)} />
                  <Cell value={own} tone={tone(own)} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Cell({ value, tone }: { value: unknown; tone: string }) {
  return (
    <td className={`font-mono [overflow-wrap:anywhere] ${tone}`}>
      {Array.isArray(value) ? (
        <ul>
          {value.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a list have no other identity
            <li key={index}>{leafWords(line)}</li>
          ))}
        </ul>
      ) : (
        leafWords(value)
      )}
    </td>
  );
}

/** After the merge: mine stands in the text until one of the two is chosen. */
function Undecided({ editor }: { editor: ConfigEditor }) {
  const { undecided } = editor.session;
  return (
    <section
      aria-label={t('Conflicts to decide')}
      className="bar-warning mb-3 rounded-panel border border-warning/50 bg-warning-tint px-4 py-2.5"
    >
      <p className="flex items-center gap-2.5 font-semibold text-f0" role="status">
        <SeverityIcon health="warning" />
        {tn(
          undecided.length,
          'Merged. {n} setting was changed by both: choose what is to be saved',
          'Merged. {n} settings were changed by both: choose what is to be saved',
        )}
      </p>
      <ul className="mt-1.5 flex flex-col gap-2">
        {undecided.map((conflict) => (
          <li key={conflict.path.join('\n')} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <span className="font-medium font-mono text-f0 [overflow-wrap:anywhere]">{leafName(conflict.path)}</span>
            <span className="text-12 text-f2">
              {rich('was {value}', { value: <span className="font-mono">{leafWords(conflict.base)}</span> })}
            </span>
            <span className="flex flex-wrap gap-2 md:ml-auto">
              <Button
                label={t('Keep yours: {value}', { value: `${leafName(conflict.path)} ${leafWords(conflict.mine)}` })}
                onClick={() => editor.decide(conflict.path, conflict.mine)}
              >
                {t('Keep yours: {value}', { value: leafWords(conflict.mine) })}
              </Button>
              <Button
                label={t('Take theirs: {value}', { value: `${leafName(conflict.path)} ${leafWords(conflict.theirs)}` })}
                onClick={() => editor.decide(conflict.path, conflict.theirs)}
              >
                {t('Take theirs: {value}', { value: leafWords(conflict.theirs) })}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
