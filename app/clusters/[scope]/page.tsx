import type { Metadata } from 'next';
import { OverviewScreen } from '@/components/cluster/overview-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).scope) };
}

export default async function Page({ params }: Props) {
  return <OverviewScreen scope={decodeURIComponent((await params).scope)} />;
}
