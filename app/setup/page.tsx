import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { SetupScreen } from '@/components/access/setup-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Set-up') };
}

export default function Page() {
  return <SetupScreen />;
}
