import { clustersAnswer } from '@/lib/server/clusters';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/clusters', (_request, _params, gate) =>
  json(clustersAnswer(runtime(), gate.seesAll ? null : (scope) => gate.sees(scope))),
);
