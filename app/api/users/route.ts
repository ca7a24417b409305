import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/users', async () => (await runtime().door()).accounts.list());

export const POST = route('POST /api/users', async ({ body, gate }) =>
  (await runtime().door()).accounts.add(body, gate.caller),
);
