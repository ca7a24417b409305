// One member as a line of the table: every cell in words, for the screen, the phone card and the CSV alike.
import { csvLine, formatBytes } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Candidate, Member, Readiness, Snapshot } from '@/lib/domain/cluster';
import { formatLsn } from '@/lib/domain/lsn';
import { isTrap } from '@/lib/domain/readiness';
import type { Health } from '@/lib/domain/severity';
import { clientsFrom } from './entry-words';
import { memberHealth } from './topology-model';

export interface MemberWords {
  readonly member: Member;
  readonly health: Health;
  readonly leads: boolean;
  /** `10.20.4.11:5432`; null: its key says none. */
  readonly address: string | null;
  readonly state: string | null;
  /** Patroni claims it, the other witnesses do not. */
  readonly says: boolean;
  readonly received: string | null;
  /** Without the common high half: `F1A3C2A0`. */
  readonly replayed: string | null;
  readonly receiveLag: string;
  readonly replayLag: string;
  readonly upstream: string;
  readonly elected: string;
  readonly electedTone: 'yes' | 'no' | 'never' | 'unknown' | 'leader';
  readonly tags: readonly string[];
  /** Doors that send clients here. */
  readonly clients: readonly string[];
}

type Elected = Pick<MemberWords, 'elected' | 'electedTone'>;

function electedWords(candidate: Candidate | undefined, place: number, readiness: Readiness): Elected {
  if (candidate === undefined) return { elected: t('unknown'), electedTone: 'unknown' };
  const why = candidate.reasons.map((reason) => wire(reason.text)).join(', ');
  if (candidate.eligible === null)
    return { elected: why === '' ? t('unknown') : t('unknown: {why}', { why }), electedTone: 'unknown' };
  // Fit by itself, but what holds for the whole cluster (pause, a silent DCS) comes first.
  if (candidate.eligible && readiness.failoverPossible !== true) {
    const holds = wire(readiness.reasons[0] ?? '').split(':')[0] ?? '';
    return readiness.failoverPossible === null
      ? { elected: t('unknown: {why}', { why: holds }), electedTone: 'unknown' }
      : { elected: t('not now: {why}', { why: holds }), electedTone: 'no' };
  }
  if (candidate.eligible) return { elected: place === 0 ? t('yes, first') : t('yes'), electedTone: 'yes' };
  if (isTrap(candidate)) return { elected: t("Patroni would elect it. Don't: {why}", { why }), electedTone: 'never' };
  return { elected: t('no: {why}', { why }), electedTone: 'no' };
}

function leaderWords({ cluster }: Snapshot): Elected {
  return cluster.leader?.known === true
    ? { elected: t('leader now'), electedTone: 'leader' }
    : { elected: t('unknown: was leader'), electedTone: 'unknown' };
}

/** `2/F1A3C4E8` and `2/F1A3C2A0` share the high half; saying it once keeps the column narrow. */
function shortLsn(lsn: string, after: string | null): string {
  const high = after?.split('/')[0];
  return high !== undefined && lsn.startsWith(`${high}/`) ? lsn.slice(high.length + 1) : lsn;
}

function addressOf({ host, port }: Member): string | null {
  if (host === null) return null;
  const written = host.includes(':') ? `[${host}]` : host;
  return port === null ? written : `${written}:${port}`;
}

export function memberWords(member: Member, snapshot: Snapshot): MemberWords {
  const { candidates } = snapshot.readiness;
  const leads = member.name === snapshot.cluster.leader?.name;
  const place = candidates.findIndex((candidate) => candidate.member === member.name);
  const received = member.lsn ?? member.receivedLsn ?? member.replayedLsn;
  const replayed =
    member.lsn === null && member.replayedLsn !== null && member.replayedLsn !== received ? member.replayedLsn : null;
  const receivedText = received === null ? null : formatLsn(received);
  const streaming = member.replication.kind === 'streaming';
  const lag = (bytes: number | null) =>
    leads ? t('leader') : member.divergence !== null ? t('forked') : formatBytes(bytes);
  return {
    member,
    health: memberHealth(snapshot, member.name),
    leads,
    address: addressOf(member),
    state: streaming && member.state === 'running' ? 'streaming' : member.state,
    says:
      member.divergence !== null || (member.replication.kind === 'not_streaming' && member.state !== null && !leads),
    received: receivedText,
    replayed: replayed === null ? null : shortLsn(formatLsn(replayed), receivedText),
    receiveLag: lag(member.lag.receiveBytes),
    replayLag: lag(member.lag.replayBytes),
    upstream: leads
      ? t('none')
      : (member.upstream ?? (member.replication.kind === 'unknown' ? t('unknown') : t('none'))),
    ...(leads ? leaderWords(snapshot) : electedWords(candidates[place], place, snapshot.readiness)),
    clients: clientsFrom(snapshot, member.name),
    tags: Object.entries(member.tags).map(([key, value]) => (value === true ? key : `${key}: ${value}`)),
  };
}

/** Members Patroni's own listing is wrong about. */
export function disagreements(snapshot: Snapshot): readonly string[] {
  return snapshot.cluster.members.filter((member) => member.divergence !== null).map((member) => member.name);
}

export function membersCsv(words: readonly MemberWords[]): string {
  const head = [
    'member',
    'host',
    'dcs_says',
    'postgresql_says',
    'state',
    'timeline',
    'received_lsn',
    'replayed_lsn',
    'receive_lag_bytes',
    'replay_lag_bytes',
    'upstream',
    'would_be_elected',
    'tags',
  ];
  const lines = words.map(({ member, ...said }) =>
    csvLine([
      member.name,
      said.address ?? '',
      member.clusterRole,
      member.postgresRole,
      said.state,
      member.timeline,
      said.received,
      member.replayedLsn === null ? '' : formatLsn(member.replayedLsn),
      said.leads ? '' : member.lag.receiveBytes,
      said.leads ? '' : member.lag.replayBytes,
      said.upstream,
      said.elected,
      said.tags.join(' '),
    ]),
  );
  return [csvLine(head), ...lines].join('\n');
}
