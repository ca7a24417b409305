import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/me/sessions', async (_request, _params, gate) => {
  const { accounts } = await runtime().door();
  return json(await accounts.sessions(gate.caller));
});
