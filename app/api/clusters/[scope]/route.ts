import { scopeAnswer } from '@/lib/server/clusters';
import { route } from '@/lib/server/doorway';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}', async (_request, params) =>
  json(await scopeAnswer(runtime(), 'snapshot', scopeParam(params))),
);
