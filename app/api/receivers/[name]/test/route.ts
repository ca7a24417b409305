import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/receivers/{name}/test', async ({ params, gate }) =>
  (await runtime().alerts()).test(params.name, gate.desk),
);
