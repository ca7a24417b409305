import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/backups', async ({ params, query }) => {
  const snapshot = await runtime().newest(params.scope);
  return (await runtime().backups()).answer(snapshot, query.at ?? null);
});
