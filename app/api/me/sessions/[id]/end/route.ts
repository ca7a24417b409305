import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/me/sessions/{id}/end', async (request, { id }, gate) => {
  await readBody(request, emptySchema);
  const { accounts } = await runtime().door();
  await accounts.signOut(gate.caller, id);
  return json(await accounts.sessions(gate.caller));
});
