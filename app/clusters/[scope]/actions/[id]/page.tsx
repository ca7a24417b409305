import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { ProgressScreen } from '@/components/actions/progress-screen';
import { nameOf } from '@/lib/server/edge/path';

type Props = { params: Promise<{ scope: string; id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, action', { scope: await scopeOf(params) }) };
}

export default async function Page({ params }: Props) {
  const id = nameOf((await params).id) ?? notFound();
  return <ProgressScreen scope={await scopeOf(params)} id={id} />;
}
