import { pushOrderSchema } from '@/lib/contract/alert-schema';
import { json, readBody, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>(async () => json((await runtime().alerts()).push()));

export const POST = route<unknown>(async (request) => {
  const order = await readBody(request, pushOrderSchema);
  const alerts = await runtime().alerts();
  return json(await alerts.subscribe(order));
});
