import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { SourcesScreen } from '@/components/sources/sources-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Sources') };
}

export default function Page() {
  return <SourcesScreen />;
}
