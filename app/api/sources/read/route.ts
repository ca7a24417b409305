import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/sources/read', async ({ gate }) =>
  (await runtime().sources()).read({ name: gate.name, address: gate.caller.address }),
);
