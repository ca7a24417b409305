import { route } from '@/lib/server/doorway';
import { historyAnswer } from '@/lib/server/history/answers';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/history', async (request, params) =>
  json(await historyAnswer(runtime(), scopeParam(params), new URL(request.url).searchParams)),
);
