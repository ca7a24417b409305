import type { Metadata } from 'next';
import { readLanguage } from '@/app/language';
import { WallScreen } from '@/components/wall/wall-screen';
import { runtime } from '@/lib/server/runtime';
import { wordsVersion } from '@/lib/server/words';

export const dynamic = 'force-dynamic';

interface PageProps {
  readonly params: Promise<{ key: string }>;
}

/** A link that does not open says so itself, by its stream. */
async function found({ params }: PageProps) {
  const { key } = await params;
  const { walls, build } = await runtime().walls();
  return { key, build, settings: (await walls.open(key).catch(() => null))?.settings ?? null };
}

export async function generateMetadata(props: PageProps): Promise<Metadata> {
  const { settings } = await found(props);
  return {
    title: settings?.name ?? { absolute: 'Howdah' },
    robots: { index: false, follow: false },
    referrer: 'no-referrer',
  };
}

export default async function Page(props: PageProps) {
  const { key, build, settings } = await found(props);
  const { theme, language } = settings ?? { theme: 'dark' as const, language: await readLanguage() };
  return <WallScreen wallKey={key} build={build} look={{ theme, language, version: wordsVersion(language) }} />;
}
