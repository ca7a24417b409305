import Link from 'next/link';
import { formatSeconds } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ServerState } from '@/lib/contract/stream';
import { Command } from '../ui/command';
import { SeverityIcon } from '../ui/glyph';
import { Logo } from '../ui/icon';
import { rich } from '../ui/rich';

const DEMO = 'npm run demo';

export function EmptyInstall() {
  return (
    <section className="mx-auto mt-[8vh] max-w-[400px] rounded-panel border border-l1 bg-bg1 px-4 py-6 text-center">
      <Logo size={40} className="mx-auto mb-3 text-f2" />
      <h2 className="font-semibold text-18 text-f0">{t('No cluster yet')}</h2>
      <p className="mt-1 mb-5 text-f2">
        {t('Point Howdah at one Patroni node or at its DCS. It finds the rest and changes nothing.')}
      </p>
      <Link
        href="/sources"
        prefetch={false}
        className="mb-5 inline-flex min-h-9 items-center justify-center rounded-control border border-accent-fill bg-accent-fill px-4 font-medium text-13 text-white hover:brightness-110 pointer-coarse:min-h-11"
      >
        {t('Add a cluster')}
      </Link>
      <p className="mb-2 text-12 text-f2">{t('Or start Howdah with one of these:')}</p>
      <div className="flex flex-col gap-2 text-left">
        <Command text="npm start -- --patroni http://n1:8008" />
        <Command text="npm start -- --etcd http://etcd-1:2379" />
        <Command text="npm start -- --consul http://consul-1:8500" />
        <Command text="npm start -- --zookeeper zk-1:2181" />
        <Command text="npm start -- --kubernetes" />
        <Command text={DEMO} note={t('a real cluster on this machine')} />
      </div>
      <p className="mt-4 text-12 text-f3">{t('Waiting. This page fills by itself.')}</p>
    </section>
  );
}

export function NoClusterFound() {
  return (
    <section className="rounded-panel border border-l1 bg-bg1 p-4">
      <h2 className="font-semibold text-f0">{t('No cluster found yet')}</h2>
      <p className="mt-1 text-f2">
        {t('The sources are configured, none has named a cluster so far. This page fills by itself.')}
      </p>
    </section>
  );
}

export function NoMatch({ filter, hidden, onClear }: { filter: string; hidden: number; onClear: () => void }) {
  return (
    <section className="rounded-panel border border-l1 bg-bg1 p-4">
      <h2 className="font-semibold text-f0">
        {rich('No cluster matches {filter}', {
          filter: <code className="rounded-chip bg-bg3 px-1.5 py-0.5 font-normal text-12">{filter}</code>,
        })}
      </h2>
      <p className="mt-3 flex items-center gap-2 text-f2">
        <button
          type="button"
          onClick={onClear}
          className="h-8 rounded-control border border-l2 bg-bg2 px-3 font-medium text-12 text-f0 hover:border-l3"
        >
          {t('Clear filter')}
        </button>
        {tn(hidden, '{n} cluster is hidden by it', '{n} clusters are hidden by it')}
      </p>
    </section>
  );
}

const WIDTHS = ['w-24', 'w-32', 'w-20', 'w-28', 'w-24', 'w-16'] as const;

/** The known shape, still. */
export function FleetLoading() {
  return (
    <section
      aria-label={t('Clusters')}
      aria-busy="true"
      className="overflow-clip rounded-panel border border-l1 bg-bg1"
    >
      <p className="flex h-[31px] items-center border-l1 border-b px-3.5 text-11 text-f3">
        {t('first answer in up to {time}', { time: formatSeconds(2) })}
      </p>
      {WIDTHS.map((width, index) => (
        <div
          key={width + String(index)}
          className="flex h-[38px] items-center gap-6 border-l1 border-t px-3.5 first-of-type:border-t-0"
        >
          <SeverityIcon health="unknown" size={14} className="text-f3!" />
          <span className={`h-2.5 rounded-chip bg-bg3 ${width}`} />
          <span className="h-2.5 grow rounded-chip bg-bg3 max-md:hidden" />
          <span className="ml-auto h-2.5 w-12 rounded-chip bg-bg3" />
        </div>
      ))}
    </section>
  );
}

export function Problems({ problems }: { problems: ServerState['problems'] }) {
  return problems.map((problem) => (
    <p
      key={`${problem.source} ${problem.text}`}
      className="bar-unknown mb-2 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
    >
      <SeverityIcon health="unknown" />
      <span>
        <span className="font-semibold text-f0">{problem.source}</span> {wire(problem.text)}
      </span>
    </p>
  ));
}
