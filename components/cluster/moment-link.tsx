'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { momentPath } from '@/lib/client/past/moment';
import { exactTime } from '@/lib/client/words/format';
import { goTo } from '../ui/go-to';

interface MomentLinkProps {
  readonly scope: string;
  readonly at: number;
  /** Its page; absent: the cluster's. */
  readonly member?: string | null;
  readonly children: ReactNode;
  readonly label?: string | undefined;
  readonly className?: string;
}

/** To a page as it was at a moment. */
export function MomentLink({ scope, at, member = null, children, label, className = '' }: MomentLinkProps) {
  const router = useRouter();
  const path = momentPath(scope, at, member);
  return (
    <Link
      href={path}
      prefetch={false}
      aria-label={label}
      title={exactTime(at)}
      className={className}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        goTo(router, path);
      }}
    >
      {children}
    </Link>
  );
}
