import type { Metadata } from 'next';
import { IncidentScreen } from '@/components/incident/incident-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).scope)}, incident` };
}

export default async function Page({ params }: Props) {
  return <IncidentScreen scope={decodeURIComponent((await params).scope)} />;
}
