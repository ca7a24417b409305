import type { Metadata } from 'next';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { DriftScreen } from '@/components/drift/drift-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, drift', { scope: await scopeOf(params) }) };
}

export default async function Page({ params }: Props) {
  return <DriftScreen scope={await scopeOf(params)} />;
}
