import { route } from '@/lib/server/doorway';
import { incidentResponse } from '@/lib/server/history/answers';
import { scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/incident', (request, params) =>
  incidentResponse(runtime(), scopeParam(params), new URL(request.url).searchParams),
);
