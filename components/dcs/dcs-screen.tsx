'use client';
import Link from 'next/link';
import { type Care, useCare } from '@/lib/client/dcs/care';
import { sentence } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { dcsName } from '@/lib/domain/dcs-kind';
import { type Health, worstOf } from '@/lib/domain/severity';
import { saidBy } from '@/lib/language/spoken-error';
import { Screen } from '../shell/screen';
import { Age, Since } from '../ui/age';
import { Chip } from '../ui/chip';
import { Glyph, HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';
import { HEALTH_BADGE } from '../ui/tone';
import { ActionsPanel } from './actions-panel';
import { DependentsPanel } from './dependents-panel';
import { ElectionsPanel } from './elections-panel';
import { EventsPanel } from './events-panel';
import { FindingsPanel } from './findings-panel';
import { FsyncPanel } from './fsync-panel';
import { HealthPanel } from './health-panel';
import { MembersPanel } from './members-panel';
import { VotesBlock } from './votes-block';

/** The DCS of a source as a thing of its own. */
export function DcsScreen({ source }: { source: string }) {
  const asked = useCare(source);
  const answer = asked.data;
  return (
    <Screen left={<Crumb source={source} />}>
      {asked.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">
            {sentence(wire(saidBy(asked.error)))} {answer !== undefined && t('What is shown is older.')}
          </span>
        </p>
      )}
      {answer === undefined ? (
        <div aria-busy={!asked.isError}>
          <h1 className="mb-3 break-all font-semibold text-22 text-f0">{source}</h1>
          {!asked.isError && (
            <p className="min-h-60 rounded-panel border border-l1 bg-bg1 p-4 text-f2">{t('Asking the DCS.')}</p>
          )}
        </div>
      ) : (
        <Content answer={answer} />
      )}
    </Screen>
  );
}

function Crumb({ source }: { source: string }) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Link href="/" aria-label={t('Fleet')} className="flex size-9 items-center justify-center text-f2 lg:hidden">
        <Icon name="back" size={18} />
      </Link>
      <Link href="/" className="rounded-chip text-f2 hover:text-f0 max-lg:hidden">
        {t('Fleet')}
      </Link>
      <span className="text-f3 max-lg:hidden" aria-hidden="true">
        /
      </span>
      <span className="text-f2 max-lg:hidden">DCS</span>
      <span className="text-f3 max-lg:hidden" aria-hidden="true">
        /
      </span>
      <span className="min-w-0 truncate font-semibold text-f0">
        <Name text={source} limit={30} />
      </span>
    </div>
  );
}

function Content({ answer }: { answer: CareAnswer }) {
  const { care, clusters } = answer;
  if (care === null)
    return (
      <>
        <Header answer={answer} />
        <p className="min-h-40 rounded-panel border border-l1 bg-bg1 p-4 text-f2">{t('Nothing was seen of it yet.')}</p>
      </>
    );
  const counts = care.members.some(({ countedAt }) => countedAt !== null);
  return (
    <>
      <Header answer={answer} />
      <VotesBlock answer={answer} care={care} />
      <MembersPanel care={care} staleAfterMs={answer.staleAfterMs} />
      <div className="mt-3 grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        <div className="grid gap-3">
          <FindingsPanel findings={answer.findings} />
          {care.kind === 'etcd3' && answer.actions !== null && (
            <ActionsPanel source={answer.source} actions={answer.actions} />
          )}
        </div>
        <div className="grid gap-3">
          {counts && <FsyncPanel care={care} />}
          <DependentsPanel clusters={clusters} kind={care.kind} partial={answer.partial} />
          <HealthPanel care={care} namespace={answer.namespace} />
          <ElectionsPanel care={care} />
          <EventsPanel events={answer.events} />
        </div>
      </div>
    </>
  );
}

/** Nothing that is not known is well. */
function healthOf({ care, findings }: CareAnswer): Health {
  if (care === null) return 'unknown';
  const worst = worstOf(findings.map(({ severity }) => severity)) ?? 'ok';
  if (worst === 'critical') return worst;
  const blind =
    care.kind === 'kubernetes'
      ? care.members.some(({ answers }) => answers !== true)
      : care.votes === null || care.votes.unsure > 0;
  return blind ? 'unknown' : worst;
}

function Header({ answer }: { answer: CareAnswer }) {
  const { care, source, labels, clusters, findings } = answer;
  const health = healthOf(answer);
  const word = t(HEALTH_WORDS[health]);
  return (
    <header className="mb-3">
      <div className="mb-1 flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h1 className="min-w-0 break-all font-semibold text-22 text-f0">{source}</h1>
        <span
          data-health={health}
          className={`inline-flex h-[22px] items-center gap-1.5 whitespace-nowrap rounded-chip px-2 font-semibold text-12 ${HEALTH_BADGE[health]}`}
        >
          <SeverityIcon health={health} size={13} />
          {findings.length === 0
            ? word
            : tn(findings.length, '{health}, {n} finding', '{health}, {n} findings', { health: word })}
        </span>
        {Object.entries(labels).map(([key, value]) => (
          <Chip key={key} tone="plain">
            {key}={value}
          </Chip>
        ))}
      </div>
      {care !== null && (
        <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-f2 [&_b]:font-semibold [&_b]:text-f0">
          <LeaderFact care={care} />
          <span>
            {dcsName(care.kind)} <b>{care.versions.length === 0 ? t('unknown') : care.versions.join(', ')}</b>
          </span>
          <span>{tn(clusters.length, '{n} cluster keeps its keys here', '{n} clusters keep their keys here')}</span>
          {care.identity !== null && (
            <span className="font-mono text-12 text-f3" title={t('What it calls itself')}>
              {care.identity}
            </span>
          )}
          <span className="text-12">
            {rich('seen {age} ago', { age: <Age at={care.at} staleAfterMs={answer.staleAfterMs} /> })}
          </span>
        </div>
      )}
    </header>
  );
}

function LeaderFact({ care }: { care: Care }) {
  if (care.kind === 'kubernetes') return null;
  const leader = care.members.find(({ key }) => key === care.leader);
  if (leader === undefined)
    return (
      <span
        className={`flex items-center gap-1.5 ${care.votes !== null && care.votes.margin < 0 ? 'text-critical' : 'text-unknown'}`}
      >
        <Glyph glyph="unknown" />
        {t('Who leads is not known')}
      </span>
    );
  const name = (
    <b>
      <Name text={leader.name} limit={28} />
    </b>
  );
  return (
    <span className="flex items-center gap-1.5">
      <Glyph glyph="leader" />
      <span>
        {care.leaderSince === null
          ? rich('{name} leads', { name })
          : rich('{name} has led for {age}', { name, age: <Since at={care.leaderSince} /> })}
        {care.term !== null && `, ${t('term {term}', { term: care.term })}`}
      </span>
    </span>
  );
}
