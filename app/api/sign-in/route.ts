import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/sign-in', async () => {
  const current = runtime();
  if (current.config.auth.kind === 'none')
    return json({ open: true, local: false, oidc: null, setupNeeded: false, problem: null });
  return json(await (await current.door()).options());
});
