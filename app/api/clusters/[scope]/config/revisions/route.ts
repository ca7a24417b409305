import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/config/revisions', async ({ params }) =>
  (await runtime().actions()).revisions(params.scope),
);
