import type { Metadata } from 'next';
import { ClusterAuditScreen } from '@/components/audit/audit-screen';

type Props = { params: Promise<{ scope: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).scope)}, audit` };
}

export default async function Page({ params }: Props) {
  return <ClusterAuditScreen scope={decodeURIComponent((await params).scope)} />;
}
