import type { Metadata } from 'next';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { BackupsScreen } from '@/components/backups/backups-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, backups', { scope: await scopeOf(params) }) };
}

export default async function Page({ params }: Props) {
  return <BackupsScreen scope={await scopeOf(params)} />;
}
