// What is wrong with a DCS itself: rows as the findings of a cluster are, over its care. Each says what it goes by and what to do. Pure.
import { formatBytes, formatSeconds, joinNames, measured, plural } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import { endInstant, endTitle, severityOfEnd } from '../certificates';
import type { Evidence } from '../cluster';
import { dcsName, worstAlarm } from '../dcs-kind';
import { bySeverity } from '../severity';
import { FSYNC_ADVISED_MS } from './advised';
import type { Care, CareCode, CareFinding, CareMember } from './care';
import { marginWords, votesWords } from './margin';

/** Another source of the settings that has the same identity. */
export interface CareContext {
  readonly care: Care;
  readonly now: number;
  readonly twins: readonly string[];
}

interface CareRule {
  readonly code: CareCode;
  readonly match: (context: CareContext) => readonly Omit<CareFinding, 'code'>[];
}

/** A heartbeat of the members by default: a write that waits longer costs elections. */
const FSYNC_LIMIT_MS = 100;
/** Half of the default time after which followers elect anew, there and back. */
const ROUND_TRIP_LIMIT_MS = 250;
/** Clocks tell whole seconds, and an answer is on its way for a moment. */
const CLOCK_LIMIT_MS = 3000;
const SIZE_WARNING = 0.8;
const SIZE_CRITICAL = 0.95;
/** As far as a learner may be behind to be made a voter. */
const LEARNER_SHARE = 0.9;
/** More voters make each write wait for more of them. */
const VOTERS_MAX = 7;
/** One question that failed is a hiccup. */
const SILENT_MS = 10_000;

const fact = (label: Text, text: Text): Evidence => ({ label, text });
const namesOf = (members: readonly CareMember[]): Text => joinNames(members.map(({ name }) => name));
const keysOf = (members: readonly CareMember[]): readonly string[] => members.map(({ key }) => key);

const RULES: readonly CareRule[] = [
  {
    code: 'no_quorum',
    match: ({ care: { kind, votes, members } }) => {
      if (votes === null || votes.margin + votes.unsure >= 0) return [];
      const gone = members.filter(({ votes: does, answers }) => does === true && answers !== true);
      return [
        {
          severity: 'critical',
          title: say`${dcsName(kind)} has no quorum: ${votes.answer} of ${plural(votes.voters, 'voter')} answer`,
          members: keysOf(gone),
          evidence: gone.map(({ name, error }) => fact(name, error ?? say`does not answer`)),
          advice: say`Bring the missing members of ${dcsName(kind)} back before the ttl ends. Change nothing in Patroni meanwhile.`,
        },
      ];
    },
  },
  {
    code: 'no_margin',
    match: ({ care: { votes, members } }) => {
      // One or two voters never have a margin: `even` and the sentence above say so.
      if (votes === null || votes.voters < 3 || votes.margin !== 0 || votes.unsure > 0) return [];
      const gone = members.filter(({ votes: does, answers }) => does === true && answers === false);
      return [
        {
          severity: 'warning',
          title: marginWords(votes),
          members: keysOf(gone),
          evidence: [
            fact(say`votes`, votesWords(votes)),
            ...gone.map(({ name, error }) => fact(name, error ?? say`does not answer`)),
          ],
          advice: say`Bring ${namesOf(gone)} back, or replace it: remove it first, then add another as a learner and promote it.`,
        },
      ];
    },
  },
  {
    code: 'member_silent',
    match: ({ care: { kind, members, votes }, now }) => {
      const silent = members.filter(
        ({ answers, silentSince, started }) =>
          answers === false && started && silentSince !== null && now - silentSince >= SILENT_MS,
      );
      // With no margin, or no quorum, they stand there already.
      if (silent.length === 0 || (votes !== null && votes.voters >= 3 && votes.margin <= 0)) return [];
      return [
        {
          severity: 'warning',
          title: say`${dcsName(kind)} ${namesOf(silent)} ${agree(silent.length, 'does', 'do')} not answer`,
          members: keysOf(silent),
          evidence: silent.map(({ name, error }) => fact(name, error ?? say`does not answer`)),
          advice: say`Bring it back.`,
        },
      ];
    },
  },
  {
    code: 'alarm',
    match: ({ care: { kind, members } }) => {
      const raised = members.filter(({ alarms }) => alarms.length > 0);
      if (raised.length === 0) return [];
      const alarms = [...new Set(raised.flatMap((member) => member.alarms))].sort();
      const meaning = worstAlarm(kind, alarms);
      return [
        {
          severity: 'critical',
          title: say`${dcsName(kind)} alarm ${alarms.join(', ')}`,
          members: keysOf(raised),
          evidence: raised.map((member) => fact(member.name, member.alarms.join(', '))),
          advice: meaning?.advice ?? say`Read the log of ${dcsName(kind)} on the members that raised it.`,
        },
      ];
    },
  },
  {
    code: 'size',
    match: ({ care: { members } }) => {
      const full = members.flatMap((member) => {
        const { sizeBytes, quotaBytes } = member;
        if (sizeBytes === null || quotaBytes === null || quotaBytes <= 0) return [];
        const share = sizeBytes / quotaBytes;
        return share < SIZE_WARNING ? [] : [{ member, share, sizeBytes, quotaBytes }];
      });
      const worst = [...full].sort((a, b) => b.share - a.share)[0];
      if (worst === undefined) return [];
      const isFree = full.every(
        ({ member, quotaBytes }) => member.inUseBytes !== null && member.inUseBytes < quotaBytes * SIZE_WARNING,
      );
      return [
        {
          severity: worst.share >= SIZE_CRITICAL ? 'critical' : 'warning',
          title: say`${worst.member.name} has used ${Math.floor(worst.share * 100)} % of its quota`,
          members: keysOf(full.map(({ member }) => member)),
          evidence: full.map(({ member, sizeBytes, quotaBytes }) =>
            fact(
              member.name,
              say`${formatBytes(sizeBytes)} of ${formatBytes(quotaBytes)}, in use ${member.inUseBytes === null ? say`unknown` : formatBytes(member.inUseBytes)}`,
            ),
          ),
          advice: isFree
            ? say`At the quota it takes no writes and every Patroni demotes. Defragment: most of the file is free pages.`
            : say`At the quota it takes no writes and every Patroni demotes. Compact and defragment, or raise the quota.`,
        },
      ];
    },
  },
  {
    code: 'slow_disk',
    match: ({ care: { kind, members, leader } }) => {
      const slow = members.filter(({ answers, fsync }) => answers === true && (fsync.p99Ms ?? 0) >= FSYNC_LIMIT_MS);
      if (slow.length === 0) return [];
      const leads = slow.some(({ key }) => key === leader);
      return [
        {
          severity: 'warning',
          title: say`The disk of ${namesOf(slow)} is slow: fsync of the log takes ${formatSeconds(Math.max(...slow.map(({ fsync }) => fsync.p99Ms ?? 0)) / 1000)}`,
          members: keysOf(slow),
          evidence: [
            ...slow.map(({ name, fsync }) =>
              fact(
                name,
                say`p99 ${formatSeconds((fsync.p99Ms ?? 0) / 1000)}, p50 ${fsync.p50Ms === null ? say`unknown` : formatSeconds(fsync.p50Ms / 1000)}`,
              ),
            ),
            fact(
              say`limit`,
              say`${measured(FSYNC_LIMIT_MS, 'ms')}: a heartbeat; advised are ${measured(FSYNC_ADVISED_MS, 'ms')}`,
            ),
          ],
          advice: leads
            ? say`Each write waits for it: where that passes retry_timeout, Patroni demotes its primary though nothing of PostgreSQL is wrong. Move the leader of ${dcsName(kind)} to a member with a faster disk, then find who writes on this one.`
            : say`While it only follows, the others carry the quorum; if it comes to lead, each write waits for it, and Patroni demotes its primary where that passes retry_timeout. Find who else writes on this disk.`,
        },
      ];
    },
  },
  {
    code: 'slow_network',
    match: ({ care: { members } }) => {
      const slow = members.filter(
        ({ answers, roundTrip }) => answers === true && (roundTrip.p99Ms ?? 0) >= ROUND_TRIP_LIMIT_MS,
      );
      if (slow.length === 0) return [];
      return [
        {
          severity: 'warning',
          title: say`Members answer ${namesOf(slow)} slowly: ${formatSeconds(Math.max(...slow.map(({ roundTrip }) => roundTrip.p99Ms ?? 0)) / 1000)} there and back`,
          members: keysOf(slow),
          evidence: slow.map(({ name, roundTrip }) =>
            fact(name, say`p99 ${formatSeconds((roundTrip.p99Ms ?? 0) / 1000)}`),
          ),
          advice: say`Elections without a failure are near. Check the network between the members, or raise their heartbeat interval and election timeout.`,
        },
      ];
    },
  },
  {
    code: 'clock',
    match: ({ care: { members } }) => {
      const told = members.filter(({ answers, aheadMs }) => answers === true && aheadMs !== null);
      const [first, last] = [
        Math.min(...told.map(({ aheadMs }) => aheadMs ?? 0)),
        Math.max(...told.map(({ aheadMs }) => aheadMs ?? 0)),
      ];
      if (told.length < 2 || last - first <= CLOCK_LIMIT_MS) return [];
      return [
        {
          severity: 'warning',
          title: say`The clocks of its members are ${formatSeconds((last - first) / 1000)} apart`,
          members: keysOf(told),
          evidence: told.map(({ name, aheadMs }) =>
            fact(
              name,
              (aheadMs ?? 0) < 0
                ? say`${formatSeconds(-(aheadMs ?? 0) / 1000)} behind Howdah, in whole seconds`
                : say`${formatSeconds((aheadMs ?? 0) / 1000)} ahead of Howdah, in whole seconds`,
            ),
          ),
          advice: say`Let NTP or chrony set the clocks of these hosts. Certificates and tokens are judged by them.`,
        },
      ];
    },
  },
  {
    code: 'unstarted',
    match: ({ care: { members, votes } }) => {
      const never = members.filter(({ started, votes: does }) => !started && does === true);
      if (never.length === 0) return [];
      return [
        {
          severity: 'warning',
          title: say`${namesOf(never)} votes and was never started`,
          members: keysOf(never),
          evidence: votes === null ? [] : [fact(say`votes`, votesWords(votes))],
          advice: say`It counts for the quorum and never answers. Start it with an empty data directory, or remove it.`,
        },
      ];
    },
  },
  {
    code: 'learner_behind',
    match: ({ care: { members } }) => {
      const furthest = Math.max(...members.map(({ position }) => position ?? 0));
      const learners = members.filter(
        ({ votes, role, answers, position, started }) =>
          votes === false &&
          role !== 'leader' &&
          ((answers === false && started) ||
            (answers === true && position !== null && position < furthest * LEARNER_SHARE)),
      );
      if (learners.length === 0) return [];
      return [
        {
          severity: 'note',
          title: say`The learner ${namesOf(learners)} is left behind`,
          members: keysOf(learners),
          evidence: learners.map(({ name, behind, error }) =>
            fact(
              name,
              behind === null ? (error ?? say`does not answer`) : say`${plural(behind, 'entry', 'entries')} behind`,
            ),
          ),
          advice: say`It has no vote and protects nothing. Wait until it has caught up and promote it, or remove it.`,
        },
      ];
    },
  },
  {
    code: 'certificate',
    match: ({ care: { members, ownCertificateEndsAt, kind }, now }) => {
      const all = [
        ...members.map(({ key, name, certificateEndsAt }) => ({ key, name: name as Text, endsAt: certificateEndsAt })),
        { key: null, name: say`Howdah` as Text, endsAt: ownCertificateEndsAt },
      ].flatMap(({ endsAt, ...whose }) => {
        const severity = severityOfEnd(endsAt, now);
        return severity === null || endsAt === null ? [] : [{ ...whose, endsAt, severity }];
      });
      const first = [...all].sort((a, b) => a.endsAt - b.endsAt)[0];
      if (first === undefined) return [];
      return [
        {
          severity: first.severity,
          title: endTitle(first.name, first.endsAt, now),
          members: all.flatMap(({ key }) => key ?? []),
          evidence: all.map(({ name, endsAt }) => fact(name, endInstant(endsAt))),
          advice: say`Renew it before: after that ${dcsName(kind)} lets nobody in by it, and Patroni loses its leader keys.`,
        },
      ];
    },
  },
  {
    code: 'versions',
    match: ({ care: { kind, versions, members } }) => {
      if (versions.length < 2) return [];
      return [
        {
          severity: 'note',
          title: say`Members of ${dcsName(kind)} have different versions: ${versions.join(', ')}`,
          members: [],
          evidence: members.flatMap(({ name, version }) => (version === null ? [] : [fact(name, version)])),
          advice: say`In an upgrade that is normal. Finish it: what is new works only when all have it.`,
        },
      ];
    },
  },
  {
    code: 'even',
    match: ({ care: { votes } }) => {
      if (votes === null || votes.voters % 2 !== 0) return [];
      return [
        {
          severity: 'note',
          title: say`${plural(votes.voters, 'voter')}: no more may fail than of ${votes.voters - 1}`,
          members: [],
          evidence: [fact(say`votes`, votesWords(votes))],
          advice: say`Add one more as a learner and promote it, or remove one.`,
        },
      ];
    },
  },
  {
    code: 'too_many',
    match: ({ care: { votes } }) => {
      if (votes === null || votes.voters <= VOTERS_MAX) return [];
      return [
        {
          severity: 'note',
          title: say`${plural(votes.voters, 'voter')} are too many`,
          members: [],
          evidence: [fact(say`votes`, votesWords(votes))],
          advice: say`Each write waits for ${votes.quorum} disks. Five voters survive two losses; remove the others one by one.`,
        },
      ];
    },
  },
  {
    code: 'one_host',
    match: ({ care: { members } }) => {
      const voters = members.filter(({ votes }) => votes === true);
      const hosts = voters.map(hostOf);
      const [host] = hosts;
      if (voters.length < 2 || host == null || hosts.some((other) => other !== host)) return [];
      return [
        {
          severity: 'warning',
          title: say`All voters are on one host: ${host}`,
          members: keysOf(voters),
          evidence: voters.map(({ name, peerUrls, urls }) => fact(name, peerUrls[0] ?? urls[0] ?? say`unknown`)),
          advice: say`With that host the quorum goes too. Move all but one to other hosts, one at a time.`,
        },
      ];
    },
  },
  {
    code: 'twin',
    match: ({ care, twins }) => {
      if (twins.length === 0 || care.identity === null) return [];
      return [
        {
          severity: 'note',
          title: say`${joinNames(twins)} reads the same ${dcsName(care.kind)}`,
          members: [],
          evidence: [fact(say`identity`, care.identity)],
          advice: say`What is done to one is done to both. Where both read the same namespace, take one of them out of howdah.yaml.`,
        },
      ];
    },
  },
];

/** Worst first, then in the order of the table. */
export function assessCare(context: CareContext): readonly CareFinding[] {
  return RULES.flatMap(({ code, match }) => match(context).map((found): CareFinding => ({ code, ...found }))).sort(
    (a, b) => bySeverity(a.severity, b.severity),
  );
}

/** Where the other members find it, else where it is asked; loopback addresses are one host each, as in a lab. */
function hostOf({ peerUrls, urls }: CareMember): string | null {
  const url = peerUrls[0] ?? urls[0];
  if (url === undefined) return null;
  const [, host] = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(url) ?? [];
  return host ?? null;
}
