'use client';
import { useRouter } from 'next/navigation';
import { useMay, useMe } from '@/lib/client/access/me';
import { openAction, useFacts, useKnownAction } from '@/lib/client/actions/actions';
import { useLost } from '@/lib/client/live/live';
import { t, wire } from '@/lib/client/words/text';
import { stepRequest } from '@/lib/domain/actions/step-request';
import type { Snapshot } from '@/lib/domain/cluster';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { Menu } from '../ui/menu';
import { mainAction } from './main-action';
import { type Around, clusterItems, memberItems } from './menu-items';

export function useAround(scope: string): Around {
  const facts = useFacts(scope);
  const newest = useKnownAction(scope);
  const lost = useLost();
  const me = useMe();
  return { facts, newest, lost, me };
}

/** The two buttons of a cluster: the one that is looked for in a hurry, and all of them. */
export function ClusterActions({ snapshot }: { snapshot: Snapshot }) {
  const router = useRouter();
  const around = useAround(snapshot.scope);
  const main = mainAction(snapshot);
  const refused = useMay(main?.action.kind ?? 'switchover', snapshot);
  const editConfig = () => router.push(`/clusters/${encodeURIComponent(snapshot.scope)}/config`);
  return (
    <div className="flex shrink-0 gap-2 max-md:w-full max-md:[&>*]:min-h-11 max-md:[&>*]:grow">
      {main !== null && (
        <Button
          icon={main.action.kind === 'switchover' ? 'switch' : 'bolt'}
          locked={refused}
          onClick={() => openAction(snapshot.scope, stepRequest(main.action))}
        >
          {main.advised === null ? t('Switchover…') : `${wire(main.advised.text)}…`}
        </Button>
      )}
      <Menu
        label={t('Actions')}
        items={() => clusterItems(snapshot, around, editConfig)}
        className="inline-flex min-h-[30px] items-center justify-center gap-2 rounded-control border border-l2 bg-bg2 px-3 font-medium text-13 text-f0 hover:border-l3 aria-expanded:bg-bg3"
      >
        {t('Actions')} <Icon name="chevron" size={13} />
      </Menu>
    </div>
  );
}

export function MemberMenu({
  name,
  snapshot,
  className = '',
}: {
  name: string;
  snapshot: Snapshot;
  className?: string;
}) {
  const around = useAround(snapshot.scope);
  const member = snapshot.cluster.members.find((one) => one.name === name);
  if (member === undefined || !member.listed) return null;
  return (
    <Menu
      label={t('Menu of {name}', { name })}
      items={() => memberItems(member, snapshot, around)}
      className={`inline-flex size-6 items-center justify-center rounded-chip text-f2 hover:text-f0 aria-expanded:bg-bg3 pointer-coarse:size-11 ${className}`}
    >
      <Icon name="more" size={15} />
    </Menu>
  );
}
