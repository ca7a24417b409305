import { userChangeSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ name: string }>('POST /api/users/{name}', async (request, { name }, gate) => {
  const change = await readBody(request, userChangeSchema);
  const { accounts } = await runtime().door();
  return json(await accounts.change(decodeURIComponent(name), change, gate.caller));
});
