import { say } from '@/lib/language/sentence';
import { route } from '@/lib/server/doorway';
import { Refusal } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/actions/{id}', async ({ params }) => {
  const { executor } = await runtime().actions();
  const action = await executor.get(params.scope, params.id);
  if (action === null) throw new Refusal('not_found', say`no such action of this cluster is known`);
  return { action };
});
