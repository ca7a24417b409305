'use client';
import { form, t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { WORKS, type Work } from '@/lib/domain/maintenance-note';
import { SelectField, TextField } from '../ui/field';
import type { Draft } from './draft';
import { MemberChoice } from './member-choice';

export const WORK_WORDS: Readonly<Record<Work, string>> = {
  kernel: form('Kernel or host'),
  postgresql: form('PostgreSQL minor version'),
  patroni: form('Patroni'),
  other: form('Something else'),
};

interface MaintenanceFormProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly snapshot: Snapshot | undefined;
}

/** What a maintenance begins with: who, what for, how long each may be out. */
export function MaintenanceForm({ draft, onChange, snapshot }: MaintenanceFormProps) {
  return (
    <>
      <MemberChoice
        snapshot={snapshot}
        legend={t('Members')}
        chosen={draft.members}
        onChoose={(members) => onChange({ members })}
      />
      <SelectField
        label={t('What is done to them')}
        value={draft.work}
        onChange={(value) => onChange({ work: WORKS.find((work) => work === value) ?? 'other' })}
        options={WORKS.map((value) => ({ value, word: t(WORK_WORDS[value]) }))}
      />
      <TextField
        label={t('Minutes each may be out')}
        type="number"
        value={draft.minutes}
        onChange={(minutes) => onChange({ minutes })}
        min="1"
        note={t(
          'For this long its absence is told to nobody; afterwards it is told like any other. Everything else is told all the while.',
        )}
      />
    </>
  );
}
