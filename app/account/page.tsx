import type { Metadata } from 'next';
import { pageText } from '@/app/language';
import { AccountScreen } from '@/components/access/account-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Account') };
}

export default function Page() {
  return <AccountScreen />;
}
