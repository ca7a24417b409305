import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/me/sessions', async ({ gate }) =>
  (await runtime().door()).accounts.sessions(gate.caller),
);
