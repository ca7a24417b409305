import type { Metadata } from 'next';
import { Suspense } from 'react';
import { FleetEventsScreen } from '@/components/cluster/events-screen';

export const metadata: Metadata = { title: 'Events' };

export default function Page() {
  return (
    <Suspense>
      <FleetEventsScreen />
    </Suspense>
  );
}
