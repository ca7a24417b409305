'use client';
import type { Care, CareMember } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { formatDuration } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { dcsName } from '@/lib/domain/dcs-kind';
import type { Tone } from '@/lib/domain/severity';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { glyphOf } from './member-glyph';

const FRAME: Readonly<Record<Tone, string>> = {
  critical: 'border-critical/45 bg-critical-tint bar-critical',
  unknown: 'border-unknown/45 bg-unknown-tint bar-unknown',
  warning: 'border-warning/45 bg-warning-tint bar-warning',
  plain: 'border-l1 bg-bg1',
};

function toneOf(care: Care): Tone {
  const { votes } = care;
  if (votes === null) return care.kind === 'kubernetes' ? 'plain' : 'unknown';
  if (votes.margin < 0) return votes.margin + votes.unsure >= 0 ? 'unknown' : 'critical';
  if (votes.margin > 0) return 'plain';
  return votes.unsure > 0 ? 'unknown' : votes.voters === 1 ? 'plain' : 'warning';
}

/** How many may still fail, drawn as votes, and what that means. */
export function VotesBlock({ answer, care }: { answer: CareAnswer; care: Care }) {
  const tone = toneOf(care);
  const { votes } = care;
  const demoting = answer.clusters.filter(({ fate }) => fate === 'demotes');
  const held = answer.clusters.filter(({ fate }) => fate === 'failsafe');
  const ttl = Math.max(0, ...demoting.map(({ ttlSeconds }) => ttlSeconds ?? 0));
  return (
    <section
      aria-label={t('Quorum')}
      data-margin={votes?.margin ?? 'unknown'}
      className={`mb-3 grid overflow-clip rounded-panel border lg:grid-cols-[minmax(0,5fr)_minmax(0,8fr)] ${FRAME[tone]}`}
    >
      {votes !== null && (
        <div className="px-[18px] py-3.5">
          <Votes care={care} quorum={votes.quorum} />
          <p className="mt-2 flex flex-wrap justify-between gap-x-4 text-12 text-f1">
            <span>
              {t('{answer} of {voters} voters answer, quorum is {quorum}', {
                answer: String(votes.answer),
                voters: String(votes.voters),
                quorum: String(votes.quorum),
              })}
            </span>
            <b className="font-semibold text-f0">
              {votes.margin < 0 ? t('no quorum') : t('margin {margin}', { margin: String(votes.margin) })}
            </b>
          </p>
        </div>
      )}
      <div
        className={`min-w-0 border-l1 px-[18px] py-3.5 ${votes === null ? 'lg:col-span-2' : 'max-lg:border-t lg:border-l'}`}
      >
        <h2 className="font-semibold text-18 text-f0 leading-6">
          {care.kind === 'kubernetes'
            ? t('The API server keeps the keys. Its own store is not seen from here.')
            : wire(answer.margin ?? '')}
        </h2>
        {answer.clusters.length > 0 && (
          <p className="mt-1 text-f1">
            {t('If {dcs} stops:', { dcs: dcsName(care.kind) })}{' '}
            {demoting.length > 0 &&
              tn(
                demoting.length,
                '{n} cluster demotes its primary within {ttl} s.',
                '{n} clusters demote their primaries within {ttl} s.',
                { ttl: String(ttl) },
              )}{' '}
            {held.length > 0 &&
              tn(
                held.length,
                '{n} cluster goes on by failsafe_mode, as long as its primary reaches every member.',
                '{n} clusters go on by failsafe_mode, as long as each primary reaches every member.',
              )}
          </p>
        )}
        <Silent care={care} />
        {care.unlisted !== null && (
          <p className="mt-1 text-12 text-f2">
            {t('Who belongs to it is not known: {why}. Shown are the addresses of the settings.', {
              why: wire(care.unlisted),
            })}
          </p>
        )}
        {care.kind !== 'etcd3' && (
          <p className="mt-1.5 flex gap-2 text-12 text-f2">
            <Icon name="lock" size={13} className="mt-0.5 shrink-0" />
            {t('{dcs} is only looked at here: Howdah changes nothing in it.', { dcs: dcsName(care.kind) })}
          </p>
        )}
      </div>
    </section>
  );
}

function Silent({ care }: { care: Care }) {
  const now = useNow();
  const silent = care.members.filter(({ answers }) => answers === false);
  return silent.map((member) => (
    <p key={member.key} className="mt-1 break-words text-12 text-f1">
      {member.silentSince === null || !member.started
        ? t('{member}: {why}', { member: member.name, why: whyOf(member) })
        : t('{member} has not answered for {age}: {why}', {
            member: member.name,
            age: formatDuration(now - member.silentSince),
            why: whyOf(member),
          })}
    </p>
  ));
}

function whyOf({ started, error }: CareMember): string {
  if (!started) return t('it was never started');
  return error === null ? t('unknown') : wire(error);
}

/** Those that answer first, then the line of the quorum, then the others; learners apart, for they have no vote. */
function Votes({ care, quorum }: { care: Care; quorum: number }) {
  const voters = care.members.filter(({ votes }) => votes === true);
  const rank = ({ answers }: CareMember): number => (answers === true ? 0 : answers === null ? 1 : 2);
  const order = [...voters].sort((a, b) => rank(a) - rank(b));
  const learners = care.members.filter(({ votes }) => votes === false);
  return (
    <ul className="flex flex-wrap items-stretch gap-1.5">
      {order.map((member, index) => (
        <li key={member.key} className="flex items-stretch gap-1.5">
          <Vote member={member} />
          {index + 1 === quorum && (
            <span
              title={t('The quorum ends here')}
              aria-hidden="true"
              className="mx-0.5 w-0 self-stretch border-f1 border-l-2 border-dotted"
            />
          )}
        </li>
      ))}
      {learners.map((member) => (
        <li key={member.key} className="ml-3">
          <Vote member={member} />
        </li>
      ))}
    </ul>
  );
}

function Vote({ member }: { member: CareMember }) {
  const { answers, votes, role } = member;
  const frame =
    answers === true
      ? votes === true && role !== 'leaderless'
        ? 'border-transparent bg-f1 text-bg0 [&_svg]:text-bg0'
        : 'border-l3 text-f0'
      : answers === null
        ? 'border-dashed border-unknown text-unknown'
        : 'border-dashed border-critical text-critical';
  const word =
    votes === false
      ? t('no vote')
      : answers === true
        ? role === 'leader'
          ? t('votes, leads')
          : role === 'leaderless'
            ? t('knows no leader')
            : t('has a vote')
        : answers === null
          ? t('unknown')
          : t('silent');
  return (
    <span className="block min-w-[84px] text-center">
      <span
        className={`flex h-10 items-center justify-center gap-2 rounded-control border px-3 font-semibold text-13 ${frame}`}
      >
        <Glyph glyph={glyphOf(member)} />
        <Name text={member.name} limit={16} />
      </span>
      <span
        className={`mt-0.5 block text-11 ${answers === true ? 'text-f2' : answers === null ? 'text-unknown' : 'text-critical'}`}
      >
        {word}
      </span>
    </span>
  );
}
