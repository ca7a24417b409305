import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { ProgressScreen } from '@/components/actions/progress-screen';

type Props = { params: Promise<{ scope: string; id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, action', { scope: decodeURIComponent((await params).scope) }) };
}

export default async function Page({ params }: Props) {
  const { scope, id } = await params;
  return <ProgressScreen scope={decodeURIComponent(scope)} id={decodeURIComponent(id)} />;
}
