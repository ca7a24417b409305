'use client';
import { formatOutage } from '@/lib/client/actions/times';
import { formatBytes } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRequest, Preflight } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';

interface FromToProps {
  readonly request: ActionRequest;
  readonly preflight: Preflight | null;
  readonly snapshot: Snapshot | undefined;
}

/** Who leads, and who will: two cards and the way between them. */
export function FromTo({ request, preflight, snapshot }: FromToProps) {
  if (request.kind !== 'switchover' && request.kind !== 'failover') return null;
  const leader = snapshot?.cluster.leader ?? null;
  const target = snapshot?.cluster.members.find((member) => member.name === request.candidate);
  const verdict = preflight?.candidates.find((candidate) => candidate.member === request.candidate);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-3">
      <div className="rounded-panel border border-key bg-key px-3.5 py-2.5 text-key-text">
        <p className="flex items-center gap-2 font-semibold text-18">
          <Glyph glyph={leader?.known === true ? 'leader' : 'unknown'} plain size={16} />
          <Name text={leader?.name ?? t('nobody')} limit={11} />
        </p>
        <p className="text-13">{t(snapshot?.cluster.writable === true ? 'leader, writable' : 'not writable')}</p>
        <p className="text-13">{t('timeline {timeline}', { timeline: snapshot?.cluster.timeline ?? t('unknown') })}</p>
      </div>
      <Icon name="arrow" size={22} className="text-accent" />
      <div className="rounded-panel border-2 border-accent px-3.5 py-2.5">
        <p className="flex items-center gap-2 font-semibold text-18 text-f0">
          {target && snapshot && <Glyph glyph={glyphOf(target, snapshot.cluster)} size={16} />}
          <Name text={request.candidate ?? t('Patroni chooses')} limit={11} />
        </p>
        <p className="break-words text-13">{verdict === undefined ? t('the best one then') : wire(verdict.words)}</p>
        {verdict !== undefined && verdict.lagBytes !== null && (
          <p className="text-13">{t('{lag} behind', { lag: formatBytes(verdict.lagBytes) })}</p>
        )}
      </div>
    </div>
  );
}

/** The three numbers that decide: outage, data at risk, timeline. */
export function PhoneFacts({ preflight }: { preflight: Preflight }) {
  const { outage, atRisk, bound, request } = preflight;
  const moves = request.kind === 'switchover' || request.kind === 'failover';
  if (outage === null && atRisk === null && !moves) return null;
  return (
    <div>
      <dl className="grid grid-cols-3 divide-x divide-l1 rounded-panel border border-l1">
        <Fact
          label={t('Write outage')}
          value={outage === null ? t('none') : outage.ms === null ? null : formatOutage(outage.ms)}
        />
        <Fact
          label={t('Data at risk')}
          value={atRisk === null ? t('none') : atRisk.bytes === null ? null : formatBytes(atRisk.bytes)}
        />
        <Fact
          label={t('Timeline')}
          value={
            bound.timeline === null
              ? null
              : moves
                ? t('{was} to {next}', { was: bound.timeline, next: bound.timeline + 1 })
                : String(bound.timeline)
          }
        />
      </dl>
      {atRisk !== null && <p className="mt-1.5 break-words text-12 text-f2">{wire(atRisk.text)}</p>}
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string | null }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="text-12 text-f2">{label}</dt>
      <dd
        className={`break-words font-semibold text-18 ${value === null ? 'text-unknown [html[lang=ru]_&]:text-15' : 'text-f0'}`}
      >
        {value ?? t('unknown')}
      </dd>
    </div>
  );
}
