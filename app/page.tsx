import { Suspense } from 'react';
import { FleetScreen } from '@/components/fleet/fleet-screen';

export default function Page() {
  return (
    <Suspense>
      <FleetScreen />
    </Suspense>
  );
}
