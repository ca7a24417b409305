import { acknowledgeSchema } from '@/lib/contract/alert-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/alerts/{id}/acknowledge', async (request, { id }, gate) => {
  const order = await readBody(request, acknowledgeSchema);
  const alerts = await runtime().alerts();
  return json({ alert: await alerts.acknowledge(id, order, gate.desk) });
});
