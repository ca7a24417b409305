import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { NowScreen } from '@/components/phone/now-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, now', { scope: decodeURIComponent((await params).scope) }) };
}

export default async function Page({ params }: Props) {
  return <NowScreen scope={decodeURIComponent((await params).scope)} />;
}
