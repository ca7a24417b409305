import type { Metadata } from 'next';
import { Suspense } from 'react';
import { pageText } from '@/app/language';
import { SignInScreen } from '@/components/access/sign-in-screen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText();
  return { title: t('Sign in') };
}

export default function Page() {
  return (
    <Suspense>
      <SignInScreen />
    </Suspense>
  );
}
