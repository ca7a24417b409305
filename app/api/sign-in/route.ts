import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/sign-in', async () => {
  const current = runtime();
  if (current.config.auth.kind === 'none')
    return { open: true, local: false, oidc: null, passkeys: false, setupNeeded: false, problem: null };
  return (await current.door()).options();
});
