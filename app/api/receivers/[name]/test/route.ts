import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ name: string }>('POST /api/receivers/{name}/test', async (request, { name }, gate) => {
  await readBody(request, emptySchema);
  const alerts = await runtime().alerts();
  return json(await alerts.test(name, gate.desk));
});
