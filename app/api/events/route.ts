import { eventsAnswer } from '@/lib/server/history/answers';
import { json, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>(async (request) =>
  json(await eventsAnswer(runtime(), new URL(request.url).searchParams)),
);
