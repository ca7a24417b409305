import { pushOrderSchema } from '@/lib/contract/alert-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/push', async (_request, _params, gate) =>
  json((await runtime().alerts()).push(gate.desk)),
);

export const POST = route<unknown>('POST /api/push', async (request, _params, gate) => {
  const order = await readBody(request, pushOrderSchema);
  const alerts = await runtime().alerts();
  return json(await alerts.subscribe(order, gate.desk));
});
