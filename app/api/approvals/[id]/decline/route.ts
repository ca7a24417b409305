import { declineOrderSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/approvals/{id}/decline', async (request, { id }, gate) => {
  const { words } = await readBody(request, declineOrderSchema);
  const { approvals } = await runtime().door();
  gate.require('approve', (await approvals.find(id)).scope);
  return json({ approval: await approvals.decline(id, words, gate.caller) });
});
