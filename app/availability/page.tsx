import type { Metadata } from 'next';
import { Suspense } from 'react';
import { pageText } from '@/app/language';
import { AvailabilityScreen } from '@/components/availability/availability-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Availability') };
}

export default function Page() {
  return (
    <Suspense>
      <AvailabilityScreen />
    </Suspense>
  );
}
