import { reportAnswer } from '@/lib/server/backups/answer';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/backups', ({ request, query, body }) =>
  reportAnswer(runtime(), { authorization: request.headers.get('authorization'), query, body }),
);
