import { authResponse } from '@/lib/server/access/auth-route';

export const dynamic = 'force-dynamic';

export const GET = authResponse;
export const POST = authResponse;
