'use client';
import type { ReactNode } from 'react';
import { toLocalInput } from '@/lib/client/actions/times';
import { clockNow } from '@/lib/client/live/clock';
import { form, t, wire } from '@/lib/client/words/text';
import type { CandidateVerdict, PoolOffer } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import { CheckField, SelectField, TextField } from '../ui/field';
import { rich } from '../ui/rich';
import { CandidateList } from './candidate-list';
import type { Draft, PauseEnd } from './draft';
import { MaintenanceForm } from './maintenance-form';
import { MemberChoice } from './member-choice';
import { ScheduleField } from './schedule-field';

interface ActionFormProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly snapshot: Snapshot | undefined;
  readonly candidates: readonly CandidateVerdict[];
  /** null: no PgBouncer is known here, or the server has not said yet. */
  readonly pools: PoolOffer | null;
  /** The leaf diff of a configuration. */
  readonly summary: ReactNode;
}

/** What a request of this kind needs to be told. */
export function ActionForm(props: ActionFormProps) {
  const { draft, onChange, snapshot, candidates, pools, summary } = props;
  switch (draft.kind) {
    case 'switchover':
    case 'failover':
      return (
        <>
          <CandidateList
            candidates={candidates}
            snapshot={snapshot}
            chosen={draft.candidate}
            onChoose={(candidate) => onChange({ candidate })}
            anyone={draft.kind === 'switchover' && snapshot?.cluster.paused !== true}
          />
          {draft.when === 'later' && (
            <ScheduleField label={t('At')} value={draft.at} onChange={(at) => onChange({ at })} />
          )}
          {draft.kind === 'switchover' && pools !== null && (
            <PoolField draft={draft} onChange={onChange} pools={pools} />
          )}
        </>
      );
    case 'pause':
      return <PauseForm draft={draft} onChange={onChange} />;
    case 'restart':
      return (
        <>
          <MemberChoice
            snapshot={snapshot}
            legend={t('Members')}
            chosen={draft.members}
            onChoose={(members) => onChange({ members })}
          />
          <CheckField
            label={t('Only where a restart is pending')}
            note={t('A member that no longer needs it when its turn comes is skipped.')}
            checked={draft.onlyPending}
            onChange={(onlyPending) => onChange({ onlyPending })}
          />
          {draft.when === 'later' && (
            <ScheduleField label={t('At')} value={draft.at} onChange={(at) => onChange({ at })} />
          )}
          <TextField
            label={t('Seconds the start may take')}
            type="number"
            value={draft.timeout}
            onChange={(timeout) => onChange({ timeout })}
            placeholder={t("Patroni's primary_start_timeout")}
            note={t('On the leader: after this Patroni fails over.')}
          />
        </>
      );
    case 'rolling_restart':
      return (
        <>
          <CheckField
            label={t('Only where a restart is pending')}
            note={t('Others are skipped.')}
            checked={draft.onlyPending}
            onChange={(onlyPending) => onChange({ onlyPending })}
          />
          {pools !== null && <PoolField draft={draft} onChange={onChange} pools={pools} />}
        </>
      );
    case 'reload':
      return (
        <MemberChoice
          snapshot={snapshot}
          legend={t('Members')}
          chosen={draft.members}
          onChoose={(members) => onChange({ members })}
        />
      );
    case 'cancel_restart':
      return (
        <MemberChoice
          snapshot={snapshot}
          legend={t('Member')}
          chosen={draft.members}
          onChoose={(members) => onChange({ members })}
          only={(member) => member.scheduledRestart !== null}
          single
        />
      );
    case 'reinitialize':
      return (
        <>
          <MemberChoice
            snapshot={snapshot}
            legend={t('Member')}
            chosen={draft.members}
            onChoose={(members) => onChange({ members })}
            only={(member) => member.listed && member.name !== snapshot?.cluster.leader?.name}
            single
          />
          <CheckField
            label={t('Copy from the leader')}
            note={t('Not from a replica. Patroni 4.1 and later.')}
            checked={draft.fromLeader}
            onChange={(fromLeader) => onChange({ fromLeader })}
          />
          <CheckField
            label={t("Cancel Patroni's current task there (force)")}
            checked={draft.force}
            onChange={(force) => onChange({ force })}
          />
          <CheckField
            label={t('Go on although it is the last healthy replica or the only sync standby')}
            note={t('Say why in the reason.')}
            checked={draft.override}
            onChange={(override) => onChange({ override })}
          />
        </>
      );
    case 'demote_cluster':
      return <DemoteForm draft={draft} onChange={onChange} />;
    case 'edit_config':
      return summary;
    case 'cancel_switchover':
      return <Scheduled snapshot={snapshot} />;
    case 'resume':
      return <PauseFacts snapshot={snapshot} />;
    case 'maintenance':
      return draft.maintenance?.step === 'begin' ? (
        <MaintenanceForm draft={draft} onChange={onChange} snapshot={snapshot} />
      ) : null;
    case 'promote_cluster':
    case 'end_session':
      return null;
  }
}

function PoolField({ draft, onChange, pools }: Pick<ActionFormProps, 'draft' | 'onChange'> & { pools: PoolOffer }) {
  return (
    <CheckField
      label={t('Pause PgBouncer meanwhile')}
      note={wire(pools.text)}
      checked={draft.pausePools && pools.offered}
      disabled={!pools.offered}
      onChange={(pausePools) => onChange({ pausePools })}
    />
  );
}

const ENDS = [
  { value: 'none', word: form('No end') },
  { value: 'half_hour', word: form('In 30 min') },
  { value: 'two_hours', word: form('In 2 h') },
  { value: 'at', word: form('At a time') },
] as const;
const AFTER_MS: Readonly<Record<PauseEnd, number | null>> = {
  none: null,
  half_hour: 30 * 60_000,
  two_hours: 120 * 60_000,
  at: null,
};

function PauseForm({ draft, onChange }: Pick<ActionFormProps, 'draft' | 'onChange'>) {
  const setEnd = (value: string) => {
    const end = ENDS.find((one) => one.value === value)?.value ?? 'none';
    const after = AFTER_MS[end];
    onChange({
      end,
      until: after === null ? null : clockNow() + after,
      at: end === 'at' && draft.at === '' ? toLocalInput(clockNow() + 60 * 60_000) : draft.at,
    });
  };
  return (
    <div className="grid gap-4">
      <TextField
        label={t('Owner')}
        value={draft.owner}
        onChange={(owner) => onChange({ owner })}
        placeholder={t('you')}
        note={t('Who answers for it while it lasts.')}
        maxLength={100}
      />
      <SelectField
        label={t('End')}
        value={draft.end}
        onChange={setEnd}
        options={ENDS.map(({ value, word }) => ({ value, word: t(word) }))}
      />
      {draft.end === 'at' && (
        <ScheduleField label={t('Ends at')} value={draft.at} onChange={(at) => onChange({ at })} />
      )}
      <CheckField
        label={t('Resume by itself at the end')}
        note={
          draft.end === 'none'
            ? t('Needs an end.')
            : t('Otherwise Howdah only says, from then on, that the pause is overdue.')
        }
        checked={draft.end !== 'none' && draft.autoResume}
        disabled={draft.end === 'none'}
        onChange={(autoResume) => onChange({ autoResume })}
      />
    </div>
  );
}

function DemoteForm({ draft, onChange }: Pick<ActionFormProps, 'draft' | 'onChange'>) {
  return (
    <div className="grid gap-4 md:grid-cols-[minmax(0,1fr)_120px]">
      <TextField label={t('Host to follow')} value={draft.host} onChange={(host) => onChange({ host })} mono />
      <TextField label={t('Port')} type="number" value={draft.port} onChange={(port) => onChange({ port })} mono />
      <TextField
        label="restore_command"
        value={draft.restoreCommand}
        onChange={(restoreCommand) => onChange({ restoreCommand })}
        mono
      />
      <TextField
        label="primary_slot_name"
        value={draft.primarySlotName}
        onChange={(primarySlotName) => onChange({ primarySlotName })}
        mono
      />
    </div>
  );
}

function Scheduled({ snapshot }: { snapshot: Snapshot | undefined }) {
  const scheduled = snapshot?.cluster.scheduledSwitchover ?? null;
  if (scheduled === null) return <p className="text-f2">{t('No switchover is scheduled now.')}</p>;
  return (
    <p className="text-f1">
      {rich('Scheduled: {from} to {to} at {time}', {
        from: scheduled.from ?? t('the leader'),
        to: scheduled.to ?? t('a standby that Patroni chooses'),
        time: <span className="font-mono text-12 text-f0">{scheduled.at}</span>,
      })}
    </p>
  );
}

function PauseFacts({ snapshot }: { snapshot: Snapshot | undefined }) {
  const note = snapshot?.cluster.pauseNote ?? null;
  if (note === null) return null;
  return (
    <p className="break-words text-f1">
      {rich('Paused by {person}, owner {owner}: “{reason}”', {
        person: <b className="font-semibold text-f0">{note.by}</b>,
        owner: note.owner,
        reason: note.reason,
      })}
    </p>
  );
}
