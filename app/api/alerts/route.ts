import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/alerts', async ({ gate }) => (await runtime().alerts()).answer(gate.desk));
