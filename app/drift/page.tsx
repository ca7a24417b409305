import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { FleetDriftScreen } from '@/components/drift/fleet-drift-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Drift') };
}

export default function Page() {
  return <FleetDriftScreen />;
}
