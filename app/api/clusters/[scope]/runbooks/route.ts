import { route } from '@/lib/server/doorway';
import { runbooksAnswer } from '@/lib/server/runbooks/runbooks';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/runbooks', ({ params, gate }) =>
  runbooksAnswer(runtime().config, gate.target(params.scope), Date.now()),
);
