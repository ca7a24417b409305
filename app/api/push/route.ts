import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/push', async ({ gate }) => (await runtime().alerts()).push(gate.desk));

export const POST = route('POST /api/push', async ({ body, gate }) =>
  (await runtime().alerts()).subscribe(body, gate.desk),
);
