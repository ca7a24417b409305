'use client';
import { usePast } from '@/lib/client/live/clock';
import { PAST_REASON } from '@/lib/client/past/moment';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { MemberMenu } from '../actions/action-menus';
import { Icon } from '../ui/icon';

interface MemberActionsProps {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly className?: string;
}

/** The menu of a member; off, with the reason, while the past is looked at. */
export function MemberActions({ name, snapshot, className = '' }: MemberActionsProps) {
  const past = usePast() !== null;
  if (!past) return <MemberMenu name={name} snapshot={snapshot} className={className} />;
  return (
    <button
      type="button"
      disabled
      aria-label={t('Menu of {member}: off, {why}', { member: name, why: t(PAST_REASON) })}
      title={t('Off: {reason}', { reason: t(PAST_REASON) })}
      className={`inline-flex size-6 items-center justify-center rounded-chip text-f3 pointer-coarse:size-11 ${className}`}
    >
      <Icon name="lock" size={12} />
    </button>
  );
}
