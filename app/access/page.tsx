import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { AccessScreen } from '@/components/access/access-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Access') };
}

export default function Page() {
  return <AccessScreen />;
}
