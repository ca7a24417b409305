import type { Metadata } from 'next';
import { ProgressScreen } from '@/components/actions/progress-screen';

type Props = { params: Promise<{ scope: string; id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).scope)}, action` };
}

export default async function Page({ params }: Props) {
  const { scope, id } = await params;
  return <ProgressScreen scope={decodeURIComponent(scope)} id={decodeURIComponent(id)} />;
}
