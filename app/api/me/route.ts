import { me } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/me', async ({ request, gate }) => {
  const { answer, cookie } = await me(runtime(), request, gate);
  const response = json(answer);
  if (cookie !== null) response.headers.append('set-cookie', cookie);
  return response;
});
