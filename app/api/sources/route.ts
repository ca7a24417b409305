import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/sources', async () => (await runtime().sources()).list());

export const POST = route('POST /api/sources', async ({ body, gate }) =>
  (await runtime().sources()).add(body, { name: gate.name, address: gate.caller.address }),
);
