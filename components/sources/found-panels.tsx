'use client';
import { useId, useState } from 'react';
import { kindName } from '@/lib/client/sources/sources';
import { t, tn, wire } from '@/lib/client/words/text';
import type { FoundAnswer, FoundScope } from '@/lib/contract/sources';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { MissingList } from './missing-list';

interface FoundPanelsProps {
  readonly found: FoundAnswer;
  /** Scopes that are not chosen. */
  readonly left: ReadonlySet<string>;
  readonly onLeft: (left: ReadonlySet<string>) => void;
  readonly isLooking: boolean;
  readonly onLook: () => void;
}

export function FoundPanels({ found, left, onLeft, isLooking, onLook }: FoundPanelsProps) {
  const [shown, setShown] = useState<string | null>(null);
  const scope = found.scopes.find((one) => one.scope === shown) ?? found.scopes[0] ?? null;
  const missing = [...(scope?.missing ?? []), ...found.missing];
  const toggle = (name: string): void => {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    onLeft(next);
  };
  const again = (
    <Button icon="restart" disabled={isLooking} onClick={onLook}>
      {isLooking ? t('Looking…') : t('Look again')}
    </Button>
  );
  return (
    <>
      <Panel
        title={found.kind === null ? t('Nothing was found') : kindName(found.kind)}
        count={found.namespace ?? undefined}
        aside={again}
      >
        {found.hosts.length > 0 && (
          <p className="break-words px-3.5 py-2.5 font-mono text-12 text-f1">{found.hosts.join(', ')}</p>
        )}
        {found.problems.length > 0 && (
          <ul className="border-l1 border-t first:border-t-0">
            {found.problems.map((problem) => (
              <li key={String(problem)} className="flex gap-2.5 px-3.5 py-2">
                <SeverityIcon health="warning" className="mt-0.5 shrink-0" />
                <span className="min-w-0 whitespace-pre-line break-words text-f1">{wire(problem)}</span>
              </li>
            ))}
          </ul>
        )}
        {found.secrets > 0 && (
          <p className="flex items-center gap-2 border-l1 border-t px-3.5 py-2 text-12 text-f2 first:border-t-0">
            <Icon name="lock" size={13} />
            {tn(
              found.secrets,
              '{n} password was found. It is shown nowhere, and sealed when you add this.',
              '{n} passwords were found. They are shown nowhere, and sealed when you add this.',
            )}
          </p>
        )}
      </Panel>
      {found.scopes.length > 0 && (
        <Panel
          title={t('Found')}
          count={tn(found.scopes.length, '{n} scope', '{n} scopes')}
          aside={t('a scope that Howdah watches already stays as it is')}
        >
          <ul>
            {found.scopes.map((one) => (
              <ScopeRow
                key={one.scope}
                found={one}
                isChosen={!left.has(one.scope)}
                isShown={one === scope}
                canChoose={found.kind !== 'patroni'}
                onToggle={() => toggle(one.scope)}
                onShow={() => setShown(one.scope)}
              />
            ))}
          </ul>
        </Panel>
      )}
      {missing.length > 0 && (
        <Panel
          title={scope === null ? t('What is missing') : t('{name}: what is missing', { name: scope.scope })}
          count={t('{n}; without it Howdah shows less, never wrong', { n: missing.length })}
          aside={again}
        >
          <MissingList missing={missing} />
        </Panel>
      )}
    </>
  );
}

interface ScopeRowProps {
  readonly found: FoundScope;
  readonly isChosen: boolean;
  readonly isShown: boolean;
  readonly canChoose: boolean;
  readonly onToggle: () => void;
  readonly onShow: () => void;
}

function ScopeRow({ found, isChosen, isShown, canChoose, onToggle, onShow }: ScopeRowProps) {
  const id = useId();
  const { members, scope, known, leader, patroni, postgres } = found;
  const rest = members.filter((member) => member.rest).length;
  const asked = members.filter((member) => member.sql !== null);
  const sql = asked.filter((member) => member.sql === true).length;
  const versions = [
    ...postgres.map((version) => `PostgreSQL ${version}`),
    ...patroni.map((version) => t('Patroni {version}', { version })),
  ];
  return (
    <li
      className={`flex flex-wrap items-start gap-x-4 gap-y-1 border-l1 border-t px-3.5 py-2.5 first:border-t-0 ${isShown ? 'bg-bg2' : ''}`}
    >
      <span className="flex min-w-0 grow basis-52 items-start gap-2.5">
        {canChoose && (
          <input
            id={id}
            type="checkbox"
            checked={isChosen}
            onChange={onToggle}
            className="mt-1 size-3.5 shrink-0 accent-accent-fill pointer-coarse:size-5"
          />
        )}
        <span className="min-w-0">
          <label htmlFor={canChoose ? id : undefined} className="block break-words font-semibold text-f0">
            {scope}
          </label>
          <span className="block break-words text-12 text-f2">
            {members.map(({ name }) => name).join(', ')}
            {leader === null ? '' : `; ${t('leader {name}', { name: leader })}`}
          </span>
          {known !== null && (
            <span className="block text-12 text-f2">{t('watched already as {name}', { name: known })}</span>
          )}
        </span>
      </span>
      <span className="min-w-0 basis-40 text-12 text-f1">
        {versions.length === 0 ? t('versions unknown') : versions.join(', ')}
      </span>
      <Answers word="REST" some={rest} all={members.length} />
      {asked.length === 0 ? (
        <span className="basis-32 text-12 text-f2">{t('SQL: not asked')}</span>
      ) : (
        <Answers word="SQL" some={sql} all={asked.length} />
      )}
      <button
        type="button"
        aria-expanded={isShown}
        onClick={onShow}
        className="inline-flex min-h-6 items-center gap-1 text-12 text-f2 underline underline-offset-2 hover:text-f0 pointer-coarse:min-h-11"
      >
        {t('What is missing')}
        <span className="sr-only">, {scope}</span>
      </button>
    </li>
  );
}

function Answers({ word, some, all }: { word: string; some: number; all: number }) {
  const isAll = some === all;
  return (
    <span className={`flex basis-32 items-center gap-1.5 text-12 ${isAll ? 'text-f1' : 'text-warning'}`}>
      {isAll ? <Icon name="check" size={13} /> : <SeverityIcon health="warning" size={13} />}
      {t('{what}: {some} of {all} answer', { what: word, some, all })}
    </span>
  );
}
