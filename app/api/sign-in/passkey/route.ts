import { askAtDoor } from '@/lib/server/access/answers';
import { limitPeer, route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/sign-in/passkey', async ({ request }) => {
  limitPeer('sign_in', request);
  return { options: await askAtDoor(runtime(), request) };
});
