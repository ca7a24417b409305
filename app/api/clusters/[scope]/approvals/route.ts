import { askApproval } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** Asks for a second person. */
export const POST = route('POST /api/clusters/{scope}/approvals', async ({ params, body, gate }) => ({
  approval: await askApproval(runtime(), params.scope, body, gate),
}));
