import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** Withdraws it: it stays, struck out. */
export const POST = route('POST /api/clusters/{scope}/notes/{id}', async ({ params }) => ({
  note: await (await runtime().history()).notes.withdraw(params.scope, params.id),
}));
