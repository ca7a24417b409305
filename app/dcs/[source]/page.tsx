import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { pageText } from '@/app/language';
import { DcsScreen } from '@/components/dcs/dcs-screen';
import { nameOf } from '@/lib/server/edge/path';

type Props = { params: Promise<{ source: string }> };

const sourceOf = async (params: Props['params']): Promise<string> => nameOf((await params).source) ?? notFound();

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{source}, DCS', { source: await sourceOf(params) }) };
}

export default async function Page({ params }: Props) {
  return <DcsScreen source={await sourceOf(params)} />;
}
