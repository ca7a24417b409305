'use client';
import type { ReactNode } from 'react';
import { useMay } from '@/lib/client/access/me';
import { openAction } from '@/lib/client/actions/actions';
import { useNow } from '@/lib/client/live/clock';
import { useLost } from '@/lib/client/live/live';
import { formatDuration, formatMinute } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRequest } from '@/lib/domain/actions/action';
import { switchoverCandidates } from '@/lib/domain/actions/candidates';
import { newsOf } from '@/lib/domain/actions/checks/maintenance';
import { commandsFor } from '@/lib/domain/actions/maintenance';
import { preflight } from '@/lib/domain/actions/preflight';
import type { Snapshot } from '@/lib/domain/cluster';
import {
  briefOf,
  type MaintenanceMember,
  type MaintenanceNote,
  type NextStep,
  nextStep,
  overdueAt,
} from '@/lib/domain/maintenance-note';
import { WORK_WORDS } from '../actions/maintenance-form';
import { Button } from '../ui/button';
import { Command } from '../ui/command';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

/** The present step of a maintenance, what to do now, and the buttons; nothing where none is under way. */
export function MaintenancePanel({ snapshot }: { snapshot: Snapshot }) {
  const note = snapshot.cluster.maintenance;
  if (note === undefined) return null;
  const { done, total } = briefOf(note);
  const next = nextStep(note, snapshot.cluster.leader?.name ?? null);
  return (
    <Panel
      title={t('Maintenance')}
      count={t('{done} of {total} done', { done, total })}
      aside={t('{work}, by {person} since {time}', {
        work: t(WORK_WORDS[note.work]),
        person: note.by,
        time: formatMinute(note.beganAt),
      })}
      className="mb-3"
      bodyClassName="grid gap-3 px-3.5 py-3 lg:grid-cols-[minmax(0,300px)_minmax(0,1fr)]"
    >
      <ol className="grid content-start gap-1">
        {note.members.map((member) => (
          <MemberLine key={member.name} member={member} leads={snapshot.cluster.leader?.name === member.name} />
        ))}
      </ol>
      <div className="grid min-w-0 content-start gap-2.5">
        {next !== null && <Now next={next} note={note} snapshot={snapshot} />}
        <Always snapshot={snapshot} note={note} />
      </div>
    </Panel>
  );
}

function MemberLine({ member, leads }: { member: MaintenanceMember; leads: boolean }) {
  const { state, outAt, backAt, outBy, backBy } = member;
  const icon = state === 'done' ? 'check' : state === 'out' ? 'unplugged' : 'arrow';
  return (
    <li className="flex min-w-0 items-center gap-2 text-13">
      <Icon name={icon} size={13} className={state === 'out' ? 'text-accent' : 'text-f2'} />
      <b className={`font-semibold ${state === 'waiting' ? 'text-f1' : 'text-f0'}`}>
        <Name text={member.name} limit={24} />
      </b>
      <span className="min-w-0 break-words text-12 text-f2">
        {state === 'done' && backAt !== null
          ? t('done {time}, {person}', { time: formatMinute(backAt), person: backBy ?? t('unknown') })
          : state === 'out' && outAt !== null
            ? t('out since {time}, {person}', { time: formatMinute(outAt), person: outBy ?? t('unknown') })
            : leads
              ? t('leads: it comes last')
              : t('still to come')}
      </span>
    </li>
  );
}

interface NowProps {
  readonly next: NextStep;
  readonly note: MaintenanceNote;
  readonly snapshot: Snapshot;
}

const press = (step: 'out' | 'back' | 'end', member: string | null): ActionRequest => ({
  ...{ kind: 'maintenance', step, member, plan: null },
});

function Now(props: NowProps) {
  const { next, snapshot } = props;
  switch (next.kind) {
    case 'wait':
      return <Wait {...props} member={next.member} />;
    case 'take_out': {
      const request = press('out', next.member);
      return (
        <Step
          text={t('Take {member} out next: it is checked first that the others can carry the cluster.', {
            member: next.member,
          })}
          why={blockerOf(request, snapshot)}
        >
          <Act snapshot={snapshot} request={request} word={t('Take {member} out…', { member: next.member })} />
        </Step>
      );
    }
    case 'hand_over':
      return <HandOver {...props} from={next.from} />;
  }
}

/** The best of those that are done takes over; Patroni goes by its own rules where none of them may. */
function HandOver({ note, snapshot, from }: NowProps & { from: string }) {
  const done = note.members.filter(({ state }) => state === 'done').map(({ name }) => name);
  const able = switchoverCandidates(snapshot).filter(({ choice }) => choice === 'eligible');
  const best = able.find(({ member }) => done.includes(member)) ?? able[0];
  const request: ActionRequest = { kind: 'switchover', candidate: best?.member ?? null, scheduledAt: null };
  return (
    <Step
      text={t('{member} leads and comes last: hand over by a switchover, then take it out.', { member: from })}
      why={blockerOf(request, snapshot)}
    >
      <Act
        snapshot={snapshot}
        request={request}
        word={best === undefined ? t('Hand over…') : t('Hand over to {member}…', { member: best.member })}
      />
    </Step>
  );
}

function Wait({ note, snapshot, member }: NowProps & { member: MaintenanceMember }) {
  const now = useNow();
  const lost = useLost();
  const until = overdueAt(note, member);
  const seen = snapshot.cluster.members.find(({ name }) => name === member.name);
  const news = seen === undefined || seen.silent || member.before === null ? [] : newsOf(member.before, seen);
  const request = press('back', member.name);
  const why = blockerOf(request, snapshot);
  const major = member.before?.postgres?.split('.')[0] ?? null;
  const isOverdue = until !== null && now >= until;
  return (
    <Step
      text={
        why === null && news.length > 0
          ? t('{member} is back: {news}. Say that it is done.', {
              member: member.name,
              news: news.map(wire).join(', '),
            })
          : t('You may stop {member} now, work on its host and start it again. It is waited for.', {
              member: member.name,
            })
      }
      why={why}
    >
      {until !== null && !lost && (
        <p className={`text-12 ${isOverdue ? 'font-semibold text-warning' : 'text-f2'}`} role="status">
          {isOverdue
            ? t('Out for {time}, longer than planned: its absence is told like any other.', {
                time: formatDuration(now - (member.outAt ?? now)),
              })
            : t('Its absence is told to nobody for another {time}.', { time: formatDuration(until - now) })}
        </p>
      )}
      <div className="grid gap-1.5">
        {commandsFor(note, snapshot.cluster.paused, major).map(({ command, about }) => (
          <Command key={command} text={command} note={wire(about)} />
        ))}
      </div>
      <Act
        snapshot={snapshot}
        request={request}
        word={t('{member} is done…', { member: member.name })}
        primary={why === null}
      />
    </Step>
  );
}

function Step({ text, why, children }: { text: string; why: string | null; children: ReactNode }) {
  return (
    <div className="grid min-w-0 gap-2.5">
      <p className="break-words text-14 text-f0">{text}</p>
      {why !== null && <p className="break-words text-12 text-f2">{t('Not yet: {why}.', { why })}</p>}
      {children}
    </div>
  );
}

interface ActProps {
  readonly snapshot: Snapshot;
  readonly request: ActionRequest;
  readonly word: string;
  readonly primary?: boolean;
}

/** It opens its checks, whatever they say now: they are looked at anew. */
function Act({ snapshot, request, word, primary = true }: ActProps) {
  const refused = useMay(request.kind, snapshot);
  return (
    <span>
      <Button kind={primary ? 'primary' : 'plain'} locked={refused} onClick={() => openAction(snapshot.scope, request)}>
        {word}
      </Button>
    </span>
  );
}

const HOUR_MS = 60 * 60_000;

/** A pause is offered with what it costs: none of this needs one. */
function Always({ snapshot, note }: { snapshot: Snapshot; note: MaintenanceNote }) {
  const mayPause = useMay('pause', snapshot);
  const mayEnd = useMay('maintenance', snapshot);
  const now = useNow();
  const { scope, cluster } = snapshot;
  const pause: ActionRequest = {
    ...{ kind: 'pause', owner: note.by, autoResume: true },
    until: now + Math.max(HOUR_MS, note.minutes * 60_000),
  };
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 border-l1 border-t pt-2 text-12 text-f2">
      <Button kind="quiet" locked={mayEnd} onClick={() => openAction(scope, press('end', null))}>
        {t('End maintenance…')}
      </Button>
      {cluster.paused === false && (
        <>
          <Button kind="quiet" locked={mayPause} onClick={() => openAction(scope, pause)}>
            {t('Pause meanwhile…')}
          </Button>
          <span className="min-w-0">
            {t(
              'Not needed for this, and while it lasts nobody takes over from a leader that fails. It ends by itself.',
            )}
          </span>
        </>
      )}
    </p>
  );
}

function blockerOf(request: ActionRequest, snapshot: Snapshot): string | null {
  const judged = preflight(request, snapshot, null, snapshot.observedAt);
  const found = judged.checks.find(({ verdict, code }) => verdict === 'blocker' && code !== 'second_person');
  return found === undefined ? null : wire(found.title);
}
