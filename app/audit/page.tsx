import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { AuditScreen } from '@/components/audit/audit-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Audit') };
}

export default function Page() {
  return <AuditScreen />;
}
