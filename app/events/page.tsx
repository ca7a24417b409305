import type { Metadata } from 'next';
import { Suspense } from 'react';
import { pageText } from '@/app/language';
import { FleetEventsScreen } from '@/components/cluster/events-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Events') };
}

export default function Page() {
  return (
    <Suspense>
      <FleetEventsScreen />
    </Suspense>
  );
}
