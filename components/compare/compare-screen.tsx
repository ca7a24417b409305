'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { PastProvider, useNow } from '@/lib/client/live/clock';
import { useCluster } from '@/lib/client/live/live';
import { type CompareChoice, comparePath, compareText, parseCompare } from '@/lib/client/past/compare';
import { useEvents } from '@/lib/client/past/events';
import { useMoment } from '@/lib/client/past/history';
import { sentence } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import type { ClusterEvent } from '@/lib/domain/events';
import { saidBy } from '@/lib/language/spoken-error';
import { compareSnapshots } from '@/lib/telling/compare/compare';
import { ClusterFrame } from '../cluster/cluster-frame';
import { StoreNote } from '../cluster/store-note';
import { TopologyPanel } from '../cluster/topology-panel';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { Panel } from '../ui/panel';
import { BetweenBar } from './between-bar';
import { ConfigPanel } from './config-panel';
import { DifferencesPanel } from './differences-panel';
import { FindingChangesPanel } from './finding-changes-panel';
import { LagPanel } from './lag-panel';

const HOUR_MS = 3_600_000;

/** Two moments of a cluster, or two clusters, beside each other: only what differs. */
export function CompareScreen({ scope }: { scope: string }) {
  return (
    <ClusterFrame scope={scope} tab={null} crumb={t('Compare')}>
      <Compare key={scope} scope={scope} />
    </ClusterFrame>
  );
}

interface Side {
  readonly snapshot: Snapshot | undefined;
  readonly error: Error | null;
  /** null: as it is now. */
  readonly at: number | null;
  /** Howdah watched from the snapshot until the moment. */
  readonly covered: boolean;
}

function useSide(scope: string, at: number | null, isReady: boolean): Side {
  const live = useCluster(scope);
  const moment = useMoment(scope, isReady ? at : null);
  if (at === null) return { snapshot: live, error: null, at, covered: true };
  const data = moment.isPlaceholderData ? undefined : moment.data;
  return { snapshot: data?.snapshot, error: moment.error, at, covered: data?.covered ?? true };
}

function Compare({ scope }: { scope: string }) {
  const router = useRouter();
  const now = useNow(10_000);
  const { choice, notices } = parseCompare(useSearchParams());
  const { other } = choice;
  const isReady = now > 0;
  const minute = Math.floor(now / 60_000) * 60_000;
  // Of two clusters both are as they are now where nothing else is said.
  const beforeAt = choice.before ?? (other === null ? minute - HOUR_MS : null);
  const before = useSide(scope, beforeAt, isReady);
  const after = useSide(other ?? scope, choice.after, isReady);
  const choose = (part: Partial<CompareChoice>): void =>
    goTo(router, comparePath(scope, { ...choice, before: beforeAt, ...part }));
  const swap = (): void =>
    goTo(
      router,
      comparePath(other ?? scope, {
        before: choice.after ?? (other === null ? now : null),
        after: beforeAt,
        other: other === null ? null : scope,
      }),
    );
  return (
    <>
      <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
        {t('Compare')}
        <span className="break-all font-normal text-12 text-f2">
          {other === null ? t('{scope}, two moments', { scope }) : t('{scope} and {other}', { scope, other })}
        </span>
      </h1>
      {notices.map((notice) => (
        <p key={notice} role="status" className="mb-2 flex items-start gap-2 text-12 text-warning">
          <SeverityIcon health="warning" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{notice}</span>
        </p>
      ))}
      <StoreNote />
      {isReady && <Sides {...{ scope, other, before, after, now, choose, swap }} />}
    </>
  );
}

interface SidesProps {
  readonly scope: string;
  readonly other: string | null;
  readonly before: Side;
  readonly after: Side;
  readonly now: number;
  readonly choose: (part: Partial<CompareChoice>) => void;
  readonly swap: () => void;
}

const NOTHING = { group: null, severity: null, text: '', member: null } as const;

function Sides({ scope, other, before, after, now, choose, swap }: SidesProps) {
  const [left, right] = [before.snapshot, after.snapshot];
  const from = Math.min(before.at ?? now, after.at ?? now);
  const to = Math.max(before.at ?? now, after.at ?? now);
  const page = useEvents({ ...NOTHING, scope, from, to }).data?.pages[0];
  const events: readonly ClusterEvent[] = other === null ? (page?.events ?? []) : [];
  const bar = (
    <BetweenBar
      {...{ scope, other, now, events, choose }}
      before={before.at}
      after={after.at}
      eventsCut={page?.next != null}
    />
  );
  const failed = [before, after].find((side) => side.error !== null);
  if (left === undefined || right === undefined) {
    return (
      <div className="grid gap-3">
        {bar}
        {failed !== undefined && failed.error !== null ? (
          <p
            role="status"
            className="bar-unknown flex flex-wrap items-center gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
          >
            <SeverityIcon health="unknown" />
            <span className="min-w-0 grow basis-60 break-words text-f0">
              {failed === before ? t('The moment before could not be read.') : t('The moment after could not be read.')}{' '}
              <span className="text-f1">{sentence(wire(saidBy(failed.error)))}</span>
            </span>
          </p>
        ) : (
          <div className="grid gap-3 lg:grid-cols-2">
            <Panel title={other === null ? t('Before') : scope} aside={t('reading')} bodyClassName="h-56">
              {null}
            </Panel>
            <Panel title={other === null ? t('After') : other} aside={t('reading')} bodyClassName="h-56">
              {null}
            </Panel>
          </div>
        )}
      </div>
    );
  }
  const made = compareSnapshots(left, right, other === null);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2 md:-mt-[44px] md:justify-end print:hidden">
        <Button icon="switch" onClick={swap}>
          {t('Swap')}
        </Button>
        <CopyButton
          words
          label={t('Copy as text')}
          text={() => compareText(made, { before: left, after: right, events })}
        />
      </div>
      {bar}
      {[before, after].some(({ covered }) => !covered) && (
        <p role="status" className="flex items-start gap-2 text-12 text-unknown">
          <SeverityIcon health="unknown" size={14} className="mt-0.5" />
          {t(
            'Howdah did not watch between a kept snapshot and its moment: what is shown was so, and may have changed.',
          )}
        </p>
      )}
      <div className="grid gap-3 lg:grid-cols-2">
        <Drawn side={before} snapshot={left} title={other === null ? t('Before') : scope} now={now} />
        <Drawn side={after} snapshot={right} title={other === null ? t('After') : other} now={now} />
      </div>
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <DifferencesPanel
          made={made}
          events={events}
          two={other !== null}
          names={other === null ? null : [scope, other]}
        />
        <div className="grid min-w-0 gap-3">
          <FindingChangesPanel findings={made.findings} two={other !== null} />
          <LagPanel before={left} after={right} />
          <ConfigPanel
            changes={made.config}
            revisions={[left.cluster.config?.revision ?? null, right.cluster.config?.revision ?? null]}
          />
        </div>
      </div>
    </div>
  );
}

/** On a clock that stands still where it is not now. */
function Drawn({ side, snapshot, title, now }: { side: Side; snapshot: Snapshot; title: string; now: number }) {
  const drawn = <TopologyPanel snapshot={snapshot} title={title} />;
  if (side.at === null) return drawn;
  return (
    <PastProvider value={{ at: side.at, now: side.covered ? snapshot.observedAt : Math.min(side.at, now) }}>
      {drawn}
    </PastProvider>
  );
}
