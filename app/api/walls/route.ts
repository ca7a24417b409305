import { wallDraftSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/walls', async () => json(await (await runtime().walls()).walls.list()));

export const POST = route<unknown>('POST /api/walls', async (request, _params, gate) => {
  const draft = await readBody(request, wallDraftSchema);
  return json(await (await runtime().walls()).walls.create(draft, gate.name));
});
