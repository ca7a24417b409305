import { approveOrderSchema } from '@/lib/contract/access-schema';
import { approve } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/approvals/{id}/approve', async (request, { id }, gate) => {
  const order = await readBody(request, approveOrderSchema);
  return json({ approval: await approve(runtime(), id, order, gate) });
});
