import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/settings', async ({ params }) =>
  (await runtime().actions()).settings(params.scope),
);
