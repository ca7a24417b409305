import { route } from '@/lib/server/doorway';
import { incidentAnswer } from '@/lib/server/history/answers';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/incident', ({ params, query }) =>
  incidentAnswer(runtime(), params.scope, query),
);
