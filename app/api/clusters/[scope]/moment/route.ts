import { route } from '@/lib/server/doorway';
import { momentOf } from '@/lib/server/history/query';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/moment', async ({ params, query }) => {
  const at = momentOf(query.at, Date.now());
  return (await runtime().history()).reader.moment(params.scope, at);
});
