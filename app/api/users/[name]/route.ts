import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/users/{name}', async ({ params, body, gate }) =>
  (await runtime().door()).accounts.change(params.name, body, gate.caller),
);
