import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/silences', async ({ body, gate }) => ({
  silence: await (await runtime().alerts()).silence(body, gate.desk),
}));
