import { takeOut } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/clusters/{scope}/roster', async ({ params, body, gate }) => {
  await takeOut(runtime(), params.scope, body, gate);
  return { ok: true };
});
