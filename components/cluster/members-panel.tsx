'use client';
import { useFreshness } from '@/lib/client/live/live';
import { exactBytes } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { joinNames } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { Changed } from '../ui/changed';
import { Chip } from '../ui/chip';
import { CopyButton } from '../ui/copy-button';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { HEALTH_ROW } from '../ui/tone';
import { MemberActions } from './member-actions';
import { MemberCard } from './member-card';
import { MemberLink } from './member-link';
import { disagreements, type MemberWords, membersCsv, memberWords } from './member-words';
import { RosterNote } from './roster-note';

const ELECTED = {
  yes: 'font-semibold text-f0',
  no: 'text-f2',
  never: 'text-critical',
  unknown: 'text-unknown',
  leader: 'text-f2',
} as const;
/** Where the table would have to scroll for it, the host is left to the copy and the card. */
const WIDE_ONLY = 'max-2xl:hidden';
const HEADS: readonly {
  readonly word: string;
  readonly right: boolean;
  readonly wide?: boolean;
  readonly doors?: boolean;
}[] = [
  { word: form('Member'), right: false },
  { word: form('Host'), right: false, wide: true },
  { word: form('DCS says'), right: false },
  { word: form('PostgreSQL says'), right: false },
  { word: form('State'), right: false },
  { word: 'TL', right: true },
  { word: form('LSN received / replayed'), right: false },
  { word: form('Receive lag'), right: true },
  { word: form('Replay lag'), right: true },
  { word: form('Upstream'), right: false },
  { word: form('Would be elected'), right: false },
  { word: form('Clients from'), right: false, doors: true },
  { word: form('Marks and tags'), right: false },
  { word: form('Age'), right: true },
];

function lagTone(words: MemberWords, snapshot: Snapshot, bytes: number | null): string {
  if (words.leads) return 'text-f3';
  if (words.member.divergence !== null) return 'text-critical';
  if (bytes === null) return 'text-unknown';
  const limit = snapshot.cluster.config?.maximumLagOnFailoverBytes ?? Number.POSITIVE_INFINITY;
  return bytes > limit ? 'font-semibold text-warning' : 'text-f1';
}

function Row({ words, snapshot }: { words: MemberWords; snapshot: Snapshot }) {
  const { member } = words;
  const level = useFreshness(member.observedAt, snapshot.staleAfterMs);
  const was = level === 'was';
  const past = (text: string): string => (was && text !== t('unknown') ? t('was {value}', { value: text }) : text);
  const dcsLevel = useFreshness(member.witnesses.dcs.observedAt, 3 * snapshot.staleAfterMs);
  const pastDcs = dcsLevel === 'was' && member.witnesses.dcs.observedAt !== null;
  const fork = member.divergence !== null;
  const tone = was ? 'text-unknown' : level === 'stale' ? 'text-f3' : 'text-f1';
  return (
    <tr
      id={`member-${member.name}`}
      className={`h-[30px] border-l1 border-t target:bg-bg3 ${was ? 'bar-unknown bg-unknown-tint' : HEALTH_ROW[words.health]} ${tone} [&>td]:px-2 [&>td]:whitespace-nowrap`}
    >
      <th scope="row" className="py-0 pr-2 pl-3.5 text-left font-normal">
        <span className="flex items-center gap-2">
          <Glyph glyph={was ? 'unknown' : glyphOf(member, snapshot.cluster)} />
          <MemberLink scope={snapshot.scope} name={member.name} limit={18} />
          {!member.listed && <span className="text-11 text-f3">{t('not listed')}</span>}
        </span>
      </th>
      <td className={`max-w-52 truncate font-mono text-12 text-f2 ${WIDE_ONLY}`} title={words.address ?? undefined}>
        {words.address ?? <Unknown />}
      </td>
      <td className={words.leads && !was ? 'font-semibold text-f0' : ''}>
        {member.clusterRole === null ? (
          <Unknown />
        ) : (
          <Changed value={pastDcs ? t('was {value}', { value: member.clusterRole }) : member.clusterRole} />
        )}
      </td>
      <td>{member.postgresRole === 'unknown' ? <Unknown /> : past(member.postgresRole)}</td>
      <td>
        {words.state === null ? <Unknown /> : <Changed value={past(words.state)} />}
        {words.says && <span className="text-f2"> {t('(says)')}</span>}
      </td>
      <td className={`text-right font-mono text-12 ${fork ? 'font-semibold text-critical' : ''}`}>
        {member.timeline ?? '?'}
      </td>
      <td className="font-mono text-12">
        {words.received ?? <Unknown />}
        {words.replayed !== null && <span> / {words.replayed}</span>}
      </td>
      <td
        className={`text-right ${was ? '' : lagTone(words, snapshot, member.lag.receiveBytes)}`}
        title={exactBytes(member.lag.receiveBytes)}
      >
        {words.leads ? words.receiveLag : past(words.receiveLag)}
      </td>
      <td
        className={`text-right ${was ? '' : lagTone(words, snapshot, member.lag.replayBytes)}`}
        title={exactBytes(member.lag.replayBytes)}
      >
        {words.leads ? words.replayLag : past(words.replayLag)}
      </td>
      <td className={fork ? 'text-critical' : 'text-f2'}>
        <Name text={words.upstream} limit={14} />
      </td>
      <td className={`max-w-64 truncate ${was ? '' : ELECTED[words.electedTone]}`} title={words.elected}>
        {past(words.elected)}
      </td>
      {snapshot.cluster.entries !== undefined && (
        <td className="max-w-56 truncate text-f2" title={words.clients.join('; ')}>
          {words.clients.length === 0 ? t('none') : words.clients.join('; ')}
        </td>
      )}
      <td>
        <span className="flex items-center gap-1.5">
          {member.pendingRestart !== null && <Chip icon="restart">{t('pending restart')}</Chip>}
          {words.tags.map((tag) => (
            <span key={tag} className="text-12 text-f2">
              {tag}
            </span>
          ))}
        </span>
      </td>
      <td className="text-right text-12 text-f2">
        <Age at={member.observedAt} staleAfterMs={snapshot.staleAfterMs} />
      </td>
      <td className="w-8 pr-2! pl-0! text-right">
        <MemberActions name={member.name} snapshot={snapshot} className="align-middle" />
      </td>
    </tr>
  );
}

function Unknown() {
  return <span className="text-unknown">{t('unknown')}</span>;
}

export function MembersPanel({ snapshot }: { snapshot: Snapshot }) {
  const words = snapshot.cluster.members.map((member) => memberWords(member, snapshot));
  const wrong = disagreements(snapshot);
  const aside = (
    <>
      {wrong.length > 0 && <span>{t('patronictl disagrees on {members}', { members: wire(joinNames(wrong)) })}</span>}
      <CopyButton text={() => membersCsv(words)} label={t('Copy members as CSV')} />
    </>
  );
  return (
    <Panel title={t('Members')} count={words.length} aside={aside}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <div className="relative overflow-x-auto max-md:hidden" tabIndex={0}>
        <table className="w-full border-collapse text-13">
          <thead>
            <tr className="h-[30px] text-11 text-f2">
              {HEADS.filter(({ doors }) => doors !== true || snapshot.cluster.entries !== undefined).map(
                ({ word, right, wide }) => (
                  <th
                    key={word}
                    scope="col"
                    className={`whitespace-nowrap px-2 font-normal first:pl-3.5 ${right ? 'text-right' : 'text-left'} ${wide ? WIDE_ONLY : ''}`}
                  >
                    {t(word)}
                  </th>
                ),
              )}
              <th scope="col" className="w-8">
                <span className="sr-only">{t('Actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {words.map((line) => (
              <Row key={line.member.name} words={line} snapshot={snapshot} />
            ))}
          </tbody>
        </table>
      </div>
      <ul className="md:hidden">
        {words.map((line) => (
          <MemberCard key={line.member.name} words={line} snapshot={snapshot} />
        ))}
      </ul>
      <RosterNote snapshot={snapshot} />
    </Panel>
  );
}
