import { configAnswer } from '@/lib/server/clusters';
import { route } from '@/lib/server/doorway';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/config', async (_request, params) =>
  json(await configAnswer(runtime(), scopeParam(params))),
);
