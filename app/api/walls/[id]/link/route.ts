import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ id: string }>('POST /api/walls/{id}/link', async (request, { id }) => {
  await readBody(request, emptySchema);
  return json(await (await runtime().walls()).walls.link(id));
});
