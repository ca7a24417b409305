import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/sources/{id}/remove', async ({ params, gate }) =>
  (await runtime().sources()).remove(params.id, { name: gate.name, address: gate.caller.address }),
);
