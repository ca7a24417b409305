import type { Metadata } from 'next';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { ActivityScreen } from '@/components/activity/activity-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, activity', { scope: await scopeOf(params) }) };
}

export default async function Page({ params }: Props) {
  return <ActivityScreen scope={await scopeOf(params)} />;
}
