import { route } from '@/lib/server/doorway';
import { historyAnswer } from '@/lib/server/history/answers';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/history', ({ params, query }) =>
  historyAnswer(runtime(), params.scope, query),
);
