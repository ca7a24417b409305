'use client';
import { useState } from 'react';
import { plural } from '@/lib/client/format';
import type { ConfigEditor } from '@/lib/client/use-config-editor';
import type { RevisionsAnswer } from '@/lib/contract/actions';
import { diffConfig, leafName, leafText, type Path, sameJson, valueAt } from '@/lib/domain/config/diff';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

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
  return (
    <>
      <section
        aria-label="Conflict"
        className="bar-warning mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-panel border border-warning/50 bg-warning-tint px-4 py-2.5"
      >
        <SeverityIcon health="warning" />
        <div className="min-w-0 grow basis-80" role="status">
          <p className="font-semibold text-f0">This configuration changed while you were editing</p>
          <p className="text-12 text-f1 [overflow-wrap:anywhere]">
            {known?.actor ?? 'Not by this Howdah: somebody'} stored revision{' '}
            <span className="font-mono">{stored.revision ?? 'unknown'}</span>
            {known?.seenAt != null && (
              <>
                {' '}
                <Since at={known.seenAt} /> ago
              </>
            )}
            {first !== undefined && (
              <>
                : <span className="font-mono">{leafName(first.path)}</span> {leafText(first.before)} to{' '}
                {leafText(first.after)}
                {theirs.length > 1 && ` and ${plural(theirs.length - 1, 'more leaf', 'more leaves')}`}
              </>
            )}
            .{' '}
            {conflicts.length === 0
              ? 'You changed other leaves.'
              : `You changed ${conflicts.map(leafName).join(', ')} too.`}{' '}
            Nothing is lost; saving needs a merge.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setComparing(!comparing)}>
            {comparing ? 'Hide the comparison' : 'Compare three versions'}
          </Button>
          <Button onClick={editor.merge} disabled={editor.document.value === null}>
            {editor.document.value === null
              ? 'Merge: it does not parse'
              : `Merge, ${conflicts.length === 0 ? 'no conflict' : plural(conflicts.length, 'conflict')}`}
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
    <Panel title="Three versions" count={plural(paths.length, 'leaf', 'leaves')} className="mb-3">
      <div className="overflow-x-auto" tabIndex={-1}>
        <table className="w-full text-12">
          <thead>
            <tr className="h-7 border-l1 border-b text-11 text-f2 [&>th]:px-2 [&>th]:text-left [&>th]:font-normal [&>th]:first:pl-3.5">
              <th scope="col">Leaf</th>
              <th scope="col">Started from {session.base.revision}</th>
              <th scope="col">Stored now {diverged.stored.revision}</th>
              <th scope="col">Yours</th>
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
                    {conflict && <span className="ml-2 font-sans text-warning">conflict</span>}
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
            <li key={index}>{leafText(line)}</li>
          ))}
        </ul>
      ) : (
        leafText(value)
      )}
    </td>
  );
}

/** After the merge: mine stands in the text until one of the two is chosen. */
function Undecided({ editor }: { editor: ConfigEditor }) {
  const { undecided } = editor.session;
  return (
    <section
      aria-label="Conflicts to decide"
      className="bar-warning mb-3 rounded-panel border border-warning/50 bg-warning-tint px-4 py-2.5"
    >
      <p className="flex items-center gap-2.5 font-semibold text-f0" role="status">
        <SeverityIcon health="warning" />
        Merged. {plural(undecided.length, 'leaf was', 'leaves were')} changed by both: choose what is to be saved
      </p>
      <ul className="mt-1.5 flex flex-col gap-2">
        {undecided.map((conflict) => (
          <li key={conflict.path.join('\n')} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <span className="font-medium font-mono text-f0 [overflow-wrap:anywhere]">{leafName(conflict.path)}</span>
            <span className="text-12 text-f2">
              was <span className="font-mono">{leafText(conflict.base)}</span>
            </span>
            <span className="flex flex-wrap gap-2 md:ml-auto">
              <Button
                label={`Keep yours: ${leafName(conflict.path)} ${leafText(conflict.mine)}`}
                onClick={() => editor.decide(conflict.path, conflict.mine)}
              >
                Keep yours: {leafText(conflict.mine)}
              </Button>
              <Button
                label={`Take theirs: ${leafName(conflict.path)} ${leafText(conflict.theirs)}`}
                onClick={() => editor.decide(conflict.path, conflict.theirs)}
              >
                Take theirs: {leafText(conflict.theirs)}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
