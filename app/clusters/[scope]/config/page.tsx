import type { Metadata } from 'next';
import { ConfigScreen } from '@/components/cluster/config-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).scope)}, configuration` };
}

export default async function Page({ params }: Props) {
  return <ConfigScreen scope={decodeURIComponent((await params).scope)} />;
}
