import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/push/{id}', async ({ params, gate }) =>
  (await runtime().alerts()).unsubscribe(params.id, gate.desk),
);
