import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { ConfigScreen } from '@/components/cluster/config-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, configuration', { scope: decodeURIComponent((await params).scope) }) };
}

export default async function Page({ params }: Props) {
  return <ConfigScreen scope={decodeURIComponent((await params).scope)} />;
}
