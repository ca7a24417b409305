import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/approvals', async ({ query, gate }) => {
  const current = runtime();
  if (current.config.auth.kind === 'none') return { approvals: [] };
  const { approvals } = await current.door();
  const mine = (one: string): boolean => (query.scope === undefined || one === query.scope) && gate.sees(one);
  return { approvals: await approvals.list(mine) };
});
