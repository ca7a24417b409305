import { healthAnswer } from '@/lib/server/health';
import { json, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>(() => {
  const answer = healthAnswer(runtime(), Date.now());
  return json(answer, answer.ok ? 200 : 503);
});
