import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/sources/{id}', async ({ params, body, gate }) =>
  (await runtime().sources()).change(params.id, body, { name: gate.name, address: gate.caller.address }),
);
