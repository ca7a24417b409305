import type { Metadata } from 'next';
import { readLanguage } from '@/app/language';
import { WallScreen } from '@/components/wall/wall-screen';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const metadata: Metadata = { robots: { index: false, follow: false }, referrer: 'no-referrer' };

export default async function Page({ params }: { params: Promise<{ key: string }> }) {
  const { key } = await params;
  const { walls, build } = await runtime().walls();
  // A link that does not open says so itself, by its stream.
  const wall = await walls.open(key).catch(() => null);
  const look = wall?.settings ?? { theme: 'dark' as const, language: await readLanguage() };
  return <WallScreen wallKey={key} build={build} look={{ theme: look.theme, language: look.language }} />;
}
