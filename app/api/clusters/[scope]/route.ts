import { scopeAnswer } from '@/lib/server/clusters';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}', async ({ params }) =>
  json(await scopeAnswer(runtime(), 'snapshot', params.scope)),
);
