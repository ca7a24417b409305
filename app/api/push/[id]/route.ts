import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/push/{id}', async (request, { id }, gate) => {
  await readBody(request, emptySchema);
  const alerts = await runtime().alerts();
  return json(await alerts.unsubscribe(id, gate.desk));
});
