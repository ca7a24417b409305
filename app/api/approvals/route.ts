import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/approvals', async (request, _params, gate) => {
  const current = runtime();
  if (current.config.auth.kind === 'none') return json({ approvals: [] });
  const scope = new URL(request.url).searchParams.get('scope');
  const { approvals } = await current.door();
  const mine = (one: string): boolean => (scope === null || one === scope) && gate.sees(one);
  return json({ approvals: await approvals.list(mine) });
});
