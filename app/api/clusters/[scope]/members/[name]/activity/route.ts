import { activityAnswer } from '@/lib/server/activity/answer';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/members/{name}/activity', ({ params, query, gate }) =>
  activityAnswer(runtime(), params.scope, params.name, query.literals === '1', gate),
);
