import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { IncidentScreen } from '@/components/incident/incident-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, incident', { scope: decodeURIComponent((await params).scope) }) };
}

export default async function Page({ params }: Props) {
  return <IncidentScreen scope={decodeURIComponent((await params).scope)} />;
}
