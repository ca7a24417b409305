'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { type AvailabilityChoice, parseAvailability, printAvailability } from '@/lib/client/past/availability';
import { goTo } from '../ui/go-to';

/** What is chosen stands in the address and nowhere else. */
export function useAvailabilityChoice(): {
  choice: AvailabilityChoice;
  choose: (part: Partial<AvailabilityChoice>) => void;
} {
  const router = useRouter();
  const choice = parseAvailability(useSearchParams());
  return { choice, choose: (part) => goTo(router, `/availability${printAvailability({ ...choice, ...part })}`) };
}
