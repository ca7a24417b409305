'use client';
import { useId } from 'react';
import { exactBytes, formatBytes } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { CandidateVerdict } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';

const HEAD = {
  eligible: form('Eligible'),
  refused: form('Refused'),
  unknown: form('Unknown'),
} as const;

interface CandidateListProps {
  readonly candidates: readonly CandidateVerdict[];
  readonly snapshot: Snapshot | undefined;
  readonly chosen: string | null | undefined;
  readonly onChoose: (member: string | null) => void;
  /** Patroni itself may be left to choose. */
  readonly anyone: boolean;
}

function lagOf(candidate: CandidateVerdict, snapshot: Snapshot | undefined): { text: string; tone: string } {
  const member = snapshot?.cluster.members.find((one) => one.name === candidate.member);
  if (member?.divergence != null) return { text: t('forked'), tone: 'text-critical' };
  const limit = snapshot?.cluster.config?.maximumLagOnFailoverBytes ?? Number.POSITIVE_INFINITY;
  const { lagBytes } = candidate;
  if (lagBytes === null) return { text: t('unknown'), tone: 'text-unknown' };
  return { text: formatBytes(lagBytes), tone: lagBytes > limit ? 'text-warning' : 'text-f1' };
}

/** Best first. Whoever is refused stays, with a lock and the reason, and cannot be chosen. */
export function CandidateList({ candidates, snapshot, chosen, onChoose, anyone }: CandidateListProps) {
  const name = useId();
  const firstOpen = candidates.findIndex((candidate) => candidate.choice === 'eligible');
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 flex items-baseline gap-2 font-semibold text-13 text-f0">
        {t('Candidate')} <span className="font-normal text-12 text-f2">{t('best first')}</span>
      </legend>
      <div
        role="radiogroup"
        aria-label={t('Candidate')}
        className={`rounded-panel border border-l1 ${candidates.length > 8 ? 'max-h-[412px] overflow-y-auto overscroll-contain' : 'overflow-clip'}`}
      >
        {candidates.map((candidate, index) => (
          <Choice
            key={candidate.member}
            candidate={candidate}
            snapshot={snapshot}
            group={name}
            checked={candidate.member === chosen}
            focus={index === Math.max(firstOpen, 0)}
            onChoose={() => onChoose(candidate.member)}
          />
        ))}
        {anyone && (
          <label className="flex min-h-10 cursor-pointer items-center gap-3 border-l1 border-t px-3 py-2 has-checked:bg-bg3 has-focus-visible:shadow-[inset_0_0_0_1px_var(--accent)]">
            <input
              type="radio"
              name={name}
              checked={chosen === null}
              onChange={() => onChoose(null)}
              className="size-3.5 shrink-0 accent-accent-fill"
            />
            <span className="text-f0">{t('Patroni chooses')}</span>
          </label>
        )}
        {candidates.length === 0 && !anyone && <p className="px-3 py-2.5 text-f2">{t('There is no other member.')}</p>}
      </div>
    </fieldset>
  );
}

interface OneProps {
  readonly candidate: CandidateVerdict;
  readonly snapshot: Snapshot | undefined;
  readonly group: string;
  readonly checked: boolean;
  readonly focus: boolean;
  readonly onChoose: () => void;
}

function Choice({ candidate, snapshot, group, checked, focus, onChoose }: OneProps) {
  const id = useId();
  const member = snapshot?.cluster.members.find((one) => one.name === candidate.member);
  const open = candidate.choice === 'eligible';
  const lag = lagOf(candidate, snapshot);
  const forked = lag.tone === 'text-critical';
  return (
    <label
      className={`relative grid grid-cols-[16px_minmax(64px,auto)_minmax(0,1fr)_auto] items-center gap-x-3 border-l1 border-t px-3 py-2 first:border-t-0 md:grid-cols-[16px_minmax(88px,auto)_minmax(0,1fr)_auto] ${open ? 'cursor-pointer hover:bg-bg2' : ''} has-checked:bg-[color-mix(in_srgb,var(--accent)_13%,var(--bg1))] has-checked:shadow-[inset_0_0_0_1px_var(--accent)] has-focus-visible:outline has-focus-visible:outline-accent has-focus-visible:-outline-offset-2 first:rounded-t-panel last:rounded-b-panel`}
    >
      <input
        type="radio"
        name={group}
        value={candidate.member}
        checked={checked}
        disabled={!open}
        onChange={onChoose}
        aria-labelledby={`${id}name`}
        aria-describedby={`${id}words`}
        data-initial-focus={focus ? '' : undefined}
        className={open ? 'size-3.5 accent-accent-fill' : 'sr-only'}
      />
      {!open && <Icon name="lock" size={14} className="text-f3" />}
      <span className="flex min-w-0 items-center gap-2">
        <Glyph glyph={member && snapshot ? glyphOf(member, snapshot.cluster) : 'unknown'} />
        <span id={`${id}name`} className="font-semibold text-f0">
          <Name text={candidate.member} limit={16} />
        </span>
      </span>
      <span id={`${id}words`} className="min-w-0">
        <span className="block break-words text-f0">{wire(candidate.words)}</span>
        <span
          className={`block break-words text-12 ${forked ? 'text-critical' : candidate.choice === 'unknown' ? 'text-unknown' : 'text-f2'}`}
        >
          {open ? <b className="font-semibold text-f1">{t(HEAD.eligible)}. </b> : `${t(HEAD[candidate.choice])}: `}
          {wire(candidate.detail)}
        </span>
      </span>
      <span className={`whitespace-nowrap text-right ${lag.tone}`} title={exactBytes(candidate.lagBytes)}>
        {lag.text}
      </span>
    </label>
  );
}
