import { route } from '@/lib/server/doorway';
import { leadershipAnswer } from '@/lib/server/history/answers';
import { json, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/leadership', async (_request, params) =>
  json(await leadershipAnswer(runtime(), scopeParam(params))),
);
