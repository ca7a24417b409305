import { silenceDraftSchema } from '@/lib/contract/alert-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/silences', async (request, _params, gate) => {
  const draft = await readBody(request, silenceDraftSchema);
  const alerts = await runtime().alerts();
  return json({ silence: await alerts.silence(draft, gate.desk) });
});
