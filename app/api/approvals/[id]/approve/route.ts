import { approve } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/approvals/{id}/approve', async ({ params, body, gate }) => ({
  approval: await approve(runtime(), params.id, body, gate),
}));
