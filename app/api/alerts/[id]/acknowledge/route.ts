import { acknowledgeSchema } from '@/lib/contract/alert-schema';
import { json, readBody, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>(async (request, { id }) => {
  const order = await readBody(request, acknowledgeSchema);
  const alerts = await runtime().alerts();
  return json({ alert: await alerts.acknowledge(id, order) });
});
