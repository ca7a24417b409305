'use client';
import type { ReactNode } from 'react';
import type { ConfigEditor, PlacedProblem } from '@/lib/client/config/use-editor';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { Path } from '@/lib/domain/config/diff';
import { type EffectKind, type LeafEffect, restartOrder } from '@/lib/domain/config/effects';
import { Chip } from '../ui/chip';
import { Icon, type IconName } from '../ui/icon';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { leafWords } from './leaf-words';

const WORDS: Readonly<Record<EffectKind, string>> = {
  restart: form('restart'),
  reload: form('reload'),
  session: form('new sessions'),
  next_loop: form('next loop'),
  none: form('no effect'),
  unknown: form('unknown'),
};

const ICONS: Partial<Record<EffectKind, IconName>> = { restart: 'restart', reload: 'reload', next_loop: 'calendar' };

const starts = (path: Path, head: Path): boolean => head.every((step, index) => path[index] === step);

/** The error that stands at this leaf or inside it. */
function errorAt(problems: readonly PlacedProblem[], path: Path): PlacedProblem | undefined {
  return problems.find(
    (problem) => problem.severity === 'error' && problem.path.length > 0 && starts(problem.path, path),
  );
}

export function EffectsPanel({ editor }: { editor: ConfigEditor }) {
  const { effects, settings, document } = editor;
  const asked = settings?.members.filter((member) => member.version !== null).length ?? 0;
  return (
    <Panel
      title={t('What saving would do')}
      count={effects.length === 0 ? undefined : tn(effects.length, '{n} setting', '{n} settings')}
      aside={
        asked === 0 ? (
          <span className="text-unknown">{t('pg_settings unknown')}</span>
        ) : (
          tn(asked, 'from live pg_settings of {n} member', 'from live pg_settings of {n} members')
        )
      }
    >
      {effects.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">
          {t(document.value === null ? 'Unknown until it parses.' : 'Nothing: this is what is stored.')}
        </p>
      ) : (
        <>
          <table className="w-full text-12">
            <thead className="max-md:sr-only">
              <tr className="h-7 border-l1 border-b text-11 text-f2 [&>th]:px-2 [&>th]:text-left [&>th]:font-normal [&>th]:first:pl-3.5">
                <th scope="col">{t('Setting')}</th>
                <th scope="col">{t('Now')}</th>
                <th scope="col">{t('New')}</th>
                <th scope="col">{t('Effect')}</th>
              </tr>
            </thead>
            <tbody>
              {effects.map((entry) => (
                <Row key={entry.path.join('\n')} entry={entry} editor={editor} />
              ))}
            </tbody>
          </table>
          <EffectsSummary effects={effects} context={editor} />
        </>
      )}
    </Panel>
  );
}

function Row({ entry, editor }: { entry: LeafEffect; editor: ConfigEditor }) {
  const error = errorAt(editor.problems, entry.path);
  const conflicting = [
    ...(editor.diverged?.conflicts ?? []),
    ...editor.session.undecided.map((conflict) => conflict.path),
  ];
  const conflict = conflicting.some((path) => starts(entry.path, path) || starts(path, entry.path));
  return (
    <tr
      className={`border-l1 border-b align-top last:border-b-0 max-md:grid max-md:grid-cols-[1fr_1fr] max-md:px-1.5 max-md:py-2 [&>*]:px-2 [&>*]:py-2 max-md:[&>*]:py-0.5 [&>*]:first:pl-3.5 max-md:[&>*]:first:pl-2 ${error ? 'bg-critical-tint' : ''}`}
    >
      <th
        scope="row"
        className="break-words text-left font-medium font-mono text-f0 [overflow-wrap:anywhere] max-md:col-span-2"
      >
        {entry.name}
      </th>
      <td className="font-mono text-f3">
        <span className="md:hidden">{t('now')} </span>
        {entry.before === undefined ? t('absent') : <Value text={leafWords(entry.before)} gone />}
      </td>
      <td className="font-mono font-semibold text-f0">
        <span className="flex gap-2">
          <Icon name="arrow" size={12} className="mt-0.5 text-f3" />
          {entry.after === undefined ? t('removed') : <Value text={leafWords(entry.after)} />}
        </span>
      </td>
      <td className="max-md:col-span-2">
        {error ? (
          <>
            <span className="font-semibold text-critical">
              {t('error, {place}', { place: lineWords(editor, error) })}
            </span>
            <span className="block text-11 text-f2">{wire(error.text)}</span>
          </>
        ) : (
          <>
            <span className="flex flex-wrap items-center gap-2">
              <EffectChip entry={entry} />
              {conflict && <span className="font-semibold text-warning">{t('conflict')}</span>}
            </span>
            <span className="mt-0.5 block text-11 text-f2 [overflow-wrap:anywhere]">{wire(entry.text)}</span>
          </>
        )}
      </td>
    </tr>
  );
}

/** Short ones keep their width; long ones break anywhere and leave room for the effect. */
function Value({ text, gone = false }: { text: string; gone?: boolean }) {
  const shape = text.length <= 16 ? 'whitespace-nowrap' : 'block min-w-[14ch] [overflow-wrap:anywhere]';
  return gone ? <s className={shape}>{text}</s> : <span className={shape}>{text}</span>;
}

function lineWords(editor: ConfigEditor, problem: PlacedProblem): string {
  if (problem.from === null) return t('in the document');
  return t('line {n}', { n: editor.session.text.slice(0, problem.from).split('\n').length });
}

function EffectChip({ entry }: { entry: LeafEffect }) {
  const { effect, ignoring } = entry;
  const partly = effect !== 'none' && ignoring.length > 0;
  const text = partly ? t('no effect on {members}', { members: ignoring.map(({ member }) => member).join(' ') }) : null;
  if (effect === 'none' || effect === 'unknown')
    return (
      <span
        className={`inline-flex h-5 items-center rounded-chip border border-dashed px-1.5 text-11 ${effect === 'none' ? 'border-l3 text-f1' : 'border-unknown text-unknown'}`}
      >
        {t(WORDS[effect])}
      </span>
    );
  const icon = ICONS[effect];
  return (
    <>
      <Chip tone={effect === 'restart' ? 'warning' : 'plain'} {...(icon === undefined ? {} : { icon })}>
        {t(WORDS[effect])}
      </Chip>
      {text !== null && (
        <span className="inline-flex h-5 items-center rounded-chip border border-l3 border-dashed px-1.5 text-11 text-f1">
          {text}
        </span>
      )}
    </>
  );
}

interface EffectsSummaryProps {
  readonly effects: readonly LeafEffect[];
  readonly context: Pick<ConfigEditor, 'problems' | 'settings' | 'facts' | 'session' | 'document'>;
}

const DIGEST_MAX = 12;

/** What is about to be saved, leaf by leaf, above the checks in the dialog. */
export function EffectsDigest({ effects, context }: EffectsSummaryProps) {
  return (
    <div className="overflow-clip rounded-panel border border-l1">
      <ul>
        {effects.slice(0, DIGEST_MAX).map((entry) => (
          <li
            key={entry.path.join('\n')}
            className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 font-mono text-12 text-f1 first:border-t-0"
          >
            <span className="font-medium text-f0 [overflow-wrap:anywhere]">{entry.name}</span>
            <span className="text-f3 [overflow-wrap:anywhere]">
              {entry.before === undefined ? t('absent') : <s>{leafWords(entry.before)}</s>}
            </span>
            <Icon name="arrow" size={12} className="text-f3" />
            <span className="font-semibold text-f0 [overflow-wrap:anywhere]">
              {entry.after === undefined ? t('removed') : leafWords(entry.after)}
            </span>
            <span className="ml-auto flex flex-wrap gap-1.5 font-sans">
              <EffectChip entry={entry} />
            </span>
          </li>
        ))}
        {effects.length > DIGEST_MAX && (
          <li className="border-l1 border-t px-3.5 py-1.5 text-12 text-f2">
            {t('and {n} more', { n: effects.length - DIGEST_MAX })}
          </li>
        )}
      </ul>
      <EffectsSummary effects={effects} context={context} />
    </div>
  );
}

/** One line: how many of each. */
function EffectsSummary({ effects, context }: EffectsSummaryProps) {
  const wrong = effects.filter((entry) => errorAt(context.problems, entry.path) !== undefined);
  const right = effects.filter((entry) => !wrong.includes(entry));
  const count = (kind: EffectKind): number => right.filter((entry) => entry.effect === kind).length;
  const order = restartOrder(right, {
    before: context.session.base.value,
    after: context.document.value ?? {},
    settings: context.settings,
    facts: context.facts,
  });
  const parts: ReactNode[] = [];
  const add = (many: number, words: (many: number) => ReactNode): void => {
    if (many > 0) parts.push(<span key={parts.length}>{words(many)}</span>);
  };
  const restarted = (many: number): ReactNode => {
    const n = <b className="font-semibold text-f0">{many}</b>;
    const members = <b className="font-semibold text-f0">{order?.members.join(' ')}</b>;
    if (order?.primaryFirst === true)
      return many === 1
        ? rich('{n} needs restart of {members}, the primary first', { n, members })
        : rich('{n} need restart of {members}, the primary first', { n, members });
    return many === 1
      ? rich('{n} needs restart of {members}', { n, members })
      : rich('{n} need restart of {members}', { n, members });
  };
  add(count('restart'), restarted);
  add(count('reload'), (n) => <Counted n={n} text={tn(n, '{n} reload', '{n} reload')} />);
  add(count('session'), (n) => <Counted n={n} text={tn(n, '{n} for new sessions', '{n} for new sessions')} />);
  add(count('next_loop'), (n) => <Counted n={n} text={tn(n, '{n} next loop', '{n} next loop')} />);
  add(count('none'), (n) => <Counted n={n} text={tn(n, '{n} no effect', '{n} no effect')} />);
  add(count('unknown'), (n) => <Counted n={n} text={tn(n, '{n} unknown', '{n} unknown')} />);
  add(wrong.length, (n) => <Counted n={n} text={tn(n, '{n} error', '{n} errors')} />);
  return (
    <p className="flex flex-wrap gap-x-5 gap-y-1 border-l1 border-t bg-bg2 px-3.5 py-2.5 text-12 text-f1">{parts}</p>
  );
}

/** A count in words, the number in bold. */
function Counted({ n, text }: { n: number; text: string }) {
  const at = text.indexOf(String(n));
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <b className="font-semibold text-f0">{n}</b>
      {text.slice(at + String(n).length)}
    </>
  );
}
