'use client';
import { useId } from 'react';
import { t } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Chip } from '../ui/chip';
import { GLYPH_WORDS, Glyph } from '../ui/glyph';
import { Name } from '../ui/name';

interface MemberChoiceProps {
  readonly snapshot: Snapshot | undefined;
  readonly legend: string;
  readonly chosen: readonly string[];
  readonly onChoose: (members: readonly string[]) => void;
  /** One only: radio buttons. */
  readonly single?: boolean;
  readonly only?: (member: Member) => boolean;
}

const listed = (member: Member): boolean => member.listed;

export function MemberChoice({ snapshot, legend, chosen, onChoose, single = false, only = listed }: MemberChoiceProps) {
  const group = useId();
  const members = snapshot?.cluster.members.filter(only) ?? [];
  const pending = members.filter((member) => member.pendingRestart !== null).map((member) => member.name);
  const toggle = (name: string) =>
    onChoose(single ? [name] : chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 flex w-full flex-wrap items-baseline gap-x-3 font-semibold text-13 text-f0">
        {legend}
        {!single && (
          <span className="font-normal text-12 text-f2">
            {t('{some} of {all}', { some: chosen.length, all: members.length })}
          </span>
        )}
        {!single && pending.length > 0 && (
          <button
            type="button"
            onClick={() => onChoose(pending)}
            className="ml-auto rounded-chip font-normal text-12 text-accent underline pointer-coarse:min-h-11"
          >
            {t('Choose the {n} with a pending restart', { n: pending.length })}
          </button>
        )}
      </legend>
      <ul className="max-h-[340px] overflow-y-auto rounded-panel border border-l1">
        {members.map((member, index) => (
          <li key={member.name} className="border-l1 border-t first:border-t-0">
            <label className="flex min-h-9 cursor-pointer items-center gap-2.5 px-3 py-1.5 hover:bg-bg2 has-checked:bg-bg3 has-focus-visible:outline has-focus-visible:outline-accent has-focus-visible:-outline-offset-2 pointer-coarse:min-h-11">
              <input
                type={single ? 'radio' : 'checkbox'}
                name={group}
                checked={chosen.includes(member.name)}
                onChange={() => toggle(member.name)}
                aria-label={member.name}
                data-initial-focus={index === 0 ? '' : undefined}
                className="size-3.5 shrink-0 accent-accent-fill"
              />
              <Glyph glyph={snapshot ? glyphOf(member, snapshot.cluster) : 'unknown'} />
              <span className="font-semibold text-f0">
                <Name text={member.name} limit={24} />
              </span>
              <span className="min-w-0 truncate text-12 text-f2">
                {snapshot && t(GLYPH_WORDS[glyphOf(member, snapshot.cluster)])}, {member.state ?? t('unknown')}
              </span>
              <span className="ml-auto flex gap-1.5">
                {member.pendingRestart !== null && <Chip icon="restart">{t('pending')}</Chip>}
                {member.scheduledRestart !== null && <Chip icon="calendar">{t('scheduled')}</Chip>}
              </span>
            </label>
          </li>
        ))}
        {members.length === 0 && <li className="px-3 py-2.5 text-f2">{t('No member is there to choose.')}</li>}
      </ul>
    </fieldset>
  );
}
