import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/access-log', async ({ query }) =>
  (await runtime().door()).log.list(query.limit, query.before ?? null),
);
