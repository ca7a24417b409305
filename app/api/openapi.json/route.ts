import { openapiDocument } from '@/lib/contract/openapi';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { VERSION } from '@/lib/server/version';

export const dynamic = 'force-dynamic';

/** Made once: anybody may ask, and it takes a tenth of a second. */
let text: string | null = null;

export const GET = route('GET /api/openapi.json', () => {
  text ??= JSON.stringify(openapiDocument(VERSION));
  return json(text);
});
