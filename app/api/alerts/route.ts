import { json, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>(async () => json(await (await runtime().alerts()).answer()));
