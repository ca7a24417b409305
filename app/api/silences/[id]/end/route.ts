import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/silences/{id}/end', async ({ params, gate }) => ({
  silence: await (await runtime().alerts()).endSilence(params.id, gate.desk),
}));
