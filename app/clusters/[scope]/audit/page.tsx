import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { ClusterAuditScreen } from '@/components/audit/audit-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await pageText();
  return { title: t('{scope}, audit', { scope: decodeURIComponent((await params).scope) }) };
}

export default async function Page({ params }: Props) {
  return <ClusterAuditScreen scope={decodeURIComponent((await params).scope)} />;
}
