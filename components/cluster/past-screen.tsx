'use client';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { type Past, PastProvider, useNow } from '@/lib/client/live/clock';
import { RequestFailed } from '@/lib/client/live/fetch';
import { useHistory, useMoment } from '@/lib/client/past/history';
import { momentPath, parseMoment } from '@/lib/client/past/moment';
import { formatTime, sentence } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { MomentAnswer } from '@/lib/contract/history';
import type { Snapshot } from '@/lib/domain/cluster';
import { saidBy } from '@/lib/language/spoken-error';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { ClusterFrame } from './cluster-frame';
import { PastBar } from './past-bar';
import { PAST_FRAME } from './past-look';

interface PastScreenProps {
  readonly scope: string;
  /** null: the page of the cluster; else of this member. */
  readonly member: string | null;
  /** The moment, as the address has it. */
  readonly text: string;
  readonly children: (snapshot: Snapshot) => ReactNode;
}

/** A page as it was. The same panels, on a clock that stands still. */
export function PastScreen({ scope, member, text, children }: PastScreenProps) {
  const now = useNow(60_000);
  const parsed = parseMoment(text, now === 0 ? 0 : now + 60_000);
  const at = parsed.kind === 'moment' ? parsed.at : null;
  const moment = useMoment(scope, at);
  const reading = at !== null && (moment.isPending || moment.isPlaceholderData);
  const data = at === null ? null : (moment.data ?? null);
  return (
    <ClusterFrame scope={scope} tab={member === null ? 'overview' : 'member'} member={member} past>
      <PastBar scope={scope} member={member} at={at} moment={data} reading={reading && !moment.isError} />
      {parsed.kind === 'problem' ? (
        <Message title={t('No such moment')} text={parsed.text} />
      ) : moment.isError ? (
        <NotKept scope={scope} member={member} error={moment.error} onAgain={() => void moment.refetch()} />
      ) : data === null ? (
        <div className={`p-2 md:p-3 ${PAST_FRAME}`}>
          <p className="min-h-60 rounded-panel bg-bg0 p-4 text-f2">{t('Reading what was kept of this moment.')}</p>
        </div>
      ) : (
        <Shown moment={data} stale={moment.isPlaceholderData}>
          {children(data.snapshot)}
        </Shown>
      )}
    </ClusterFrame>
  );
}

/**
 * Where Howdah watched from the snapshot until the moment, its values were as fresh as they are in it. Where it did not, they
 * are as old as they look.
 */
function pastOf(moment: MomentAnswer): Past {
  return { at: moment.at, now: moment.covered ? moment.snapshot.observedAt : moment.at };
}

function Shown({ moment, stale, children }: { moment: MomentAnswer; stale: boolean; children: ReactNode }) {
  return (
    <PastProvider value={pastOf(moment)}>
      <div aria-busy={stale} className={`p-2 md:p-3 ${PAST_FRAME}`}>
        <div className={`rounded-panel bg-bg0 p-2 md:p-3 ${stale ? 'opacity-60' : ''}`}>{children}</div>
      </div>
    </PastProvider>
  );
}

function Message({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <section role="status" className={`p-2 md:p-3 ${PAST_FRAME}`}>
      <div className="rounded-panel bg-bg0 p-4">
        <h1 className="flex items-center gap-2 font-semibold text-18 text-f0">
          <SeverityIcon health="unknown" /> {title}
        </h1>
        <p className="mt-1 break-words text-f1">{text}</p>
        {children}
      </div>
    </section>
  );
}

/** The refusal says from when on snapshots are kept. */
function keptFromOf(error: Error): number | null {
  const details = error instanceof RequestFailed ? error.details : null;
  if (typeof details !== 'object' || details === null || !('keptFrom' in details)) return null;
  return typeof details.keptFrom === 'number' ? details.keptFrom : null;
}

interface NotKeptProps {
  readonly scope: string;
  readonly member: string | null;
  readonly error: Error;
  readonly onAgain: () => void;
}

function NotKept({ scope, member, error, onAgain }: NotKeptProps) {
  const router = useRouter();
  const absent = error instanceof RequestFailed && error.code === 'not_found';
  const { data } = useHistory(scope);
  const now = useNow(60_000);
  const keptFrom = keptFromOf(error) ?? data?.keptFrom ?? null;
  if (!absent) {
    return (
      <Message title={t('This moment could not be read')} text={sentence(wire(saidBy(error)))}>
        <p className="mt-3">
          <Button onClick={onAgain}>{t('Read it again')}</Button>
        </p>
      </Message>
    );
  }
  return (
    <Message title={t('Nothing is kept of this moment')} text={sentence(wire(saidBy(error)))}>
      {keptFrom !== null && (
        <p className="mt-3 flex flex-wrap items-center gap-3 text-f1">
          {t('The oldest that is kept is from {time}.', { time: formatTime(keptFrom, now) })}
          <Button onClick={() => goTo(router, momentPath(scope, Math.ceil(keptFrom / 1000) * 1000, member))}>
            {t('Go there')}
          </Button>
        </p>
      )}
    </Message>
  );
}
