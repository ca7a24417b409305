import { declineOrderSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/approvals/{id}/withdraw', async (request, { id }, gate) => {
  await readBody(request, declineOrderSchema);
  const { approvals } = await runtime().door();
  return json({ approval: await approvals.withdraw(id, gate.caller) });
});
