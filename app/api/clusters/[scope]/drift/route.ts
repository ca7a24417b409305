import { route } from '@/lib/server/doorway';
import { driftAnswer } from '@/lib/server/drift/answer';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/drift', ({ params, query, gate }) =>
  driftAnswer(runtime(), params.scope, query.fresh === '1', gate),
);
