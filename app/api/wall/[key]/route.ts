import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ key: string }>('GET /api/wall/{key}', async (_request, { key }) => {
  const { walls, screens } = await runtime().walls();
  return json(await screens.whole(await walls.open(key)));
});
