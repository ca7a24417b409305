import { route } from '@/lib/server/doorway';
import { momentOf } from '@/lib/server/history/query';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/moment', async (request, params) => {
  const at = momentOf(new URL(request.url).searchParams, Date.now());
  const { reader } = await runtime().history();
  return json(await reader.moment(scopeParam(params), at));
});
