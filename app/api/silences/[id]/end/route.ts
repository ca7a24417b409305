import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/silences/{id}/end', async (request, { id }, gate) => {
  await readBody(request, emptySchema);
  const alerts = await runtime().alerts();
  return json({ silence: await alerts.endSilence(id, gate.desk) });
});
