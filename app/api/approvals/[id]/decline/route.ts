import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/approvals/{id}/decline', async ({ params, body, gate }) => {
  const { approvals } = await runtime().door();
  gate.require('approve', (await approvals.find(params.id)).scope);
  return { approval: await approvals.decline(params.id, body.words, gate.caller) };
});
