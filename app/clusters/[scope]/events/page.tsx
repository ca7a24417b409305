import type { Metadata } from 'next';
import { EventsScreen } from '@/components/cluster/events-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).scope)}, events` };
}

export default async function Page({ params }: Props) {
  return <EventsScreen scope={decodeURIComponent((await params).scope)} />;
}
