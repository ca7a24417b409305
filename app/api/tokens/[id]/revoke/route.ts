import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/tokens/{id}/revoke', async (request, { id }, gate) => {
  await readBody(request, emptySchema);
  const all = gate.why('manage_tokens', null) === null;
  return json({ token: await (await runtime().door()).revokeToken(id, gate.caller, all) });
});
