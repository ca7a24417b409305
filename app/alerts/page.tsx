import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { AlertsScreen } from '@/components/alerts/alerts-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Alerts') };
}

export default function Page() {
  return <AlertsScreen />;
}
