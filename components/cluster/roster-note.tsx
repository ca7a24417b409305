'use client';
import { type FormEvent, useState } from 'react';
import { useMayOn } from '@/lib/client/access/me';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { useNow, usePast } from '@/lib/client/live/clock';
import { takeOut } from '@/lib/client/live/roster';
import { formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { REASON_MIN } from '@/lib/contract/limits';
import type { Snapshot } from '@/lib/domain/cluster';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';

/** Members that are missed, and what a person can say of them. A snapshot of the past has nothing to say it to. */
export function RosterNote({ snapshot }: { snapshot: Snapshot }) {
  const { roster } = snapshot.cluster;
  // Snapshots that were kept before there were rosters have none.
  if (roster == null) return null;
  const isGone = snapshot.findings.some(({ code }) => code === 'keys_gone');
  return (
    <>
      {roster.lost.map((lost) => (
        <Lost key={lost.name} snapshot={snapshot} member={lost.name} listedAt={lost.listedAt} />
      ))}
      {isGone && roster.by === 'seen' && roster.names.length > 0 && <Gone snapshot={snapshot} />}
      {!roster.known && (
        <p className="border-l1 border-t px-3.5 py-2 text-12 text-f2">
          {t('Who belonged to the cluster before is not known: the store has not answered yet.')}
        </p>
      )}
    </>
  );
}

function Lost({ snapshot, member, listedAt }: { snapshot: Snapshot; member: string; listedAt: number | null }) {
  const clock = useNow(10_000);
  const now = clock === 0 ? snapshot.observedAt : clock;
  const isByFile = snapshot.cluster.roster?.by === 'file';
  return (
    <div className="bar-warning border-l1 border-t px-3.5 py-2 text-13">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Glyph glyph="unknown" />
        <span className="font-semibold text-f0">
          <Name text={member} limit={24} />
        </span>
        <span className="text-f2">
          {listedAt === null
            ? t('should be a member and is not')
            : t('is gone from the member list, last there {time}', { time: formatTime(listedAt, now) })}
        </span>
        {isByFile ? (
          <span className="text-12 text-f2">{t('members: in howdah.yaml names it')}</span>
        ) : (
          <Say scope={snapshot.scope} member={member} verb={t('It was taken out')} />
        )}
      </div>
    </div>
  );
}

function Gone({ snapshot }: { snapshot: Snapshot }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-l1 border-t px-3.5 py-2 text-13">
      <span className="text-f2">{t('Its keys are gone. It is shown until somebody says that this is meant.')}</span>
      <Say scope={snapshot.scope} member={null} verb={t('The cluster was removed')} />
    </div>
  );
}

function Say({ scope, member, verb }: { scope: string; member: string | null; verb: string }) {
  const past = usePast();
  const locked = useMayOn('take_out', scope);
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (reason.trim().length < REASON_MIN) {
      setProblem(t('say why, in at least {n} characters.', { n: REASON_MIN }));
      return;
    }
    setSending(true);
    const failed = await takeOut(scope, { member, reason: reason.trim() }).then(() => null, reasonOf);
    setSending(false);
    setProblem(failed);
    if (failed === null) setOpen(false);
  };
  if (past !== null) return null;
  if (!isOpen)
    return (
      <Button className="ml-auto" onClick={() => setOpen(true)} locked={locked}>
        {verb}
      </Button>
    );
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="mt-1 grid w-full gap-2" aria-label={verb}>
      <div className="flex flex-wrap items-end gap-2 [&>div]:grow [&>div]:basis-64">
        <TextField
          label={t('Reason')}
          value={reason}
          onChange={setReason}
          placeholder={t('Why it is not missed any longer')}
          initialFocus
        />
        <Button type="submit" kind="primary" className="min-h-[34px]" disabled={sending}>
          {verb}
        </Button>
        <Button kind="quiet" className="min-h-[34px]" onClick={() => setOpen(false)}>
          {t('Cancel')}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="break-words text-12 text-warning">
          {t('Not said: {problem}', { problem })}
        </p>
      )}
    </form>
  );
}
