import { userDraftSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/users', async () => json(await (await runtime().door()).accounts.list()));

export const POST = route<unknown>('POST /api/users', async (request, _params, gate) => {
  const draft = await readBody(request, userDraftSchema);
  const { accounts } = await runtime().door();
  return json(await accounts.add(draft, gate.caller));
});
