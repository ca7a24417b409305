import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/clusters/{scope}/notes', async ({ params, body, gate }) => {
  const { notes } = await runtime().history();
  return { note: await notes.add(params.scope, body.at, body.text, gate.name) };
});
