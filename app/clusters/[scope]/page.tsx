import type { Metadata } from 'next';
import { scopeOf } from '@/app/clusters/scope';
import { OverviewScreen } from '@/components/cluster/overview-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await scopeOf(params) };
}

export default async function Page({ params }: Props) {
  return <OverviewScreen scope={await scopeOf(params)} />;
}
