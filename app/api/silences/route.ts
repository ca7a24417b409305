import { silenceDraftSchema } from '@/lib/contract/alert-schema';
import { json, readBody, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>(async (request) => {
  const draft = await readBody(request, silenceDraftSchema);
  const alerts = await runtime().alerts();
  return json({ silence: await alerts.silence(draft) });
});
