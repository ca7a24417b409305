'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { bindLive } from '@/lib/client/live';
import { createQueryClient } from '@/lib/client/query-client';
import { ActionHost } from '../actions/action-host';
import { Palette } from './palette';

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useEffect(() => bindLive(client), [client]);
  return (
    <QueryClientProvider client={client}>
      {children}
      <Palette />
      <ActionHost />
    </QueryClientProvider>
  );
}
