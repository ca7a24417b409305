import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/approvals/{id}/withdraw', async ({ params, gate }) => ({
  approval: await (await runtime().door()).approvals.withdraw(params.id, gate.caller),
}));
