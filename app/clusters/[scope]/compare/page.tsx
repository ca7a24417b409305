import type { Metadata } from 'next';
import { Suspense } from 'react';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { CompareScreen } from '@/components/compare/compare-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, compared', { scope: await scopeOf(params) }) };
}

export default async function Page({ params }: Props) {
  return (
    <Suspense>
      <CompareScreen scope={await scopeOf(params)} />
    </Suspense>
  );
}
