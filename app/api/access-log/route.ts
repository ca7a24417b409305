import { pageOf } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/access-log', async (request) => {
  const { limit, before } = pageOf(new URL(request.url).searchParams);
  return json(await (await runtime().door()).log.list(limit, before));
});
