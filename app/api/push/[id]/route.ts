import { emptySchema } from '@/lib/contract/history-schema';
import { json, readBody, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>(async (request, { id }) => {
  await readBody(request, emptySchema);
  const alerts = await runtime().alerts();
  return json(await alerts.unsubscribe(id));
});
