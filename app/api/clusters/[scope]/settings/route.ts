import { route } from '@/lib/server/doorway';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/settings', async (_request, params) => {
  const actions = await runtime().actions();
  return json(await actions.settings(scopeParam(params)));
});
