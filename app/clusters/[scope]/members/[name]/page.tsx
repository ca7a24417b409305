import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { scopeOf } from '@/app/clusters/scope';
import { pageText } from '@/app/language';
import { MemberScreen } from '@/components/member/member-screen';
import { nameOf } from '@/lib/server/edge/path';

type Props = { params: Promise<{ scope: string; name: string }> };

const memberOf = async (params: Props['params']): Promise<string> => nameOf((await params).name) ?? notFound();

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{member} of {scope}', { scope: await scopeOf(params), member: await memberOf(params) }) };
}

export default async function Page({ params }: Props) {
  return <MemberScreen scope={await scopeOf(params)} name={await memberOf(params)} />;
}
