import { route } from '@/lib/server/doorway';
import { eventsAnswer } from '@/lib/server/history/answers';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/events', async (request, _params, gate) =>
  json(await eventsAnswer(runtime(), new URL(request.url).searchParams, gate.visible)),
);
