import { rightsFor } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/clusters/{scope}/preflight', async ({ params, query, body, gate }) => {
  const { executor } = await runtime().actions();
  return executor.preflight(params.scope, body, await rightsFor(runtime(), gate, query));
});
