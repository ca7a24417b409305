'use client';
import Link from 'next/link';
import { usePast } from '@/lib/client/live/clock';
import { livePath, momentPath } from '@/lib/client/past/moment';
import { Name } from '../ui/name';

interface MemberLinkProps {
  readonly scope: string;
  readonly name: string;
  readonly limit: number;
  readonly className?: string;
}

/** To the page of a member, at the moment that is looked at. */
export function MemberLink({ scope, name, limit, className = '' }: MemberLinkProps) {
  const at = usePast()?.at ?? null;
  return (
    <Link
      href={at === null ? livePath(scope, name) : momentPath(scope, at, name)}
      prefetch={false}
      className={`min-w-0 rounded-chip font-semibold text-f0 decoration-l3 underline-offset-2 hover:underline pointer-coarse:py-2 ${className}`}
    >
      <Name text={name} limit={limit} />
    </Link>
  );
}
