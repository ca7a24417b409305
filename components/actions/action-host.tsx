'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ACTION_DIALOG, type OpenedAction, unansweredDecision } from '@/lib/client/actions/actions';
import { ActionDialog } from './action-dialog';
import { actionPath } from './send-notice';

interface Open extends OpenedAction {
  readonly reason: string;
  readonly times: number;
}

/** One dialog for the whole page. A decision whose answer never came, also by a reload, opens it again as it was. */
export function ActionHost() {
  const router = useRouter();
  const [open, setOpen] = useState<Open | null>(null);
  useEffect(() => {
    const left = unansweredDecision();
    if (left !== null) setOpen({ scope: left.scope, request: left.request, reason: left.reason, times: 0 });
    return ACTION_DIALOG.hear((opened) => setOpen((was) => ({ ...opened, reason: '', times: (was?.times ?? 0) + 1 })));
  }, []);
  if (open === null) return null;
  return (
    <ActionDialog
      key={open.times}
      opened={open}
      initialReason={open.reason}
      onClose={() => setOpen(null)}
      onAccepted={(action) => {
        setOpen(null);
        open.onAccepted?.(action);
        router.push(actionPath(action.scope, action.id));
      }}
    />
  );
}
