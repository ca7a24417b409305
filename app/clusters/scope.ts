import { notFound } from 'next/navigation';
import { nameOf } from '@/lib/server/edge/path';

/** The cluster that a page is about. */
export async function scopeOf(params: Promise<{ readonly scope: string }>): Promise<string> {
  return nameOf((await params).scope) ?? notFound();
}
