import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** The secret is answered once; it counts when a code of it was confirmed. */
export const POST = route('POST /api/me/totp', async ({ gate }) =>
  (await runtime().door()).accounts.draftTotp(gate.caller),
);
