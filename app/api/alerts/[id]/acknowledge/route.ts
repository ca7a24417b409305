import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/alerts/{id}/acknowledge', async ({ params, body, gate }) => ({
  alert: await (await runtime().alerts()).acknowledge(params.id, body, gate.desk),
}));
