'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ownPath } from '@/lib/client/access/door';
import { failureOf, goIn, type SignInFailure, signInOidc, useSignInOptions } from '@/lib/client/access/sign-in';
import { failureText } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { t, wire } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { DoorFrame, DoorNote } from './door-frame';
import { SignInForm } from './sign-in-form';

export function SignInScreen() {
  const router = useRouter();
  const query = useSearchParams();
  const next = ownPath(query.get('next') ?? query.get('callbackUrl'));
  const came = query.get('error');
  const options = useSignInOptions();
  const { data } = options;
  const isOpen = data?.open === true;
  useEffect(() => {
    if (isOpen) router.replace('/');
  }, [isOpen, router]);
  return (
    <DoorFrame title={t('Sign in')}>
      {data === undefined ? (
        <p role="status" className="min-h-[19px] text-f2">
          {options.isError && t('Howdah does not answer. It is asked again.')}
        </p>
      ) : isOpen ? null : (
        <>
          {data.setupNeeded && (
            <DoorNote tone="note">
              {t('No account exists yet. Open the set-up link that was printed where Howdah was started.')}
            </DoorNote>
          )}
          {data.problem !== null && (
            <DoorNote tone="warning" role="status">
              {t('Accounts cannot be read now: {problem} Only the break-glass account can sign in.', {
                problem: wire(data.problem),
              })}
            </DoorNote>
          )}
          {data.oidc !== null && <OidcButton provider={data.oidc} next={next} came={came} />}
          {data.oidc !== null && data.local && <Or />}
          {data.local && (
            <SignInForm
              came={data.oidc === null && came !== null ? failureOf(came) : null}
              isFirst={data.oidc === null}
              passkeys={data.passkeys}
              onIn={() => goIn(next)}
              next={next}
            />
          )}
        </>
      )}
    </DoorFrame>
  );
}

function Or() {
  return (
    <p className="my-4 flex items-center gap-3 text-12 text-f2">
      <span className="h-px grow bg-l2" aria-hidden="true" />
      {t('or with an account of Howdah')}
      <span className="h-px grow bg-l2" aria-hidden="true" />
    </p>
  );
}

function OidcButton({ provider, next, came }: { provider: string; next: string; came: string | null }) {
  const now = useNow();
  const [isGoing, setGoing] = useState(false);
  const [failure, setFailure] = useState<SignInFailure | null>(came === null ? null : failureOf(came));
  const go = async (): Promise<void> => {
    setGoing(true);
    const failed = await signInOidc(next);
    setFailure(failed);
    if (failed !== null) setGoing(false);
  };
  // Back from the provider's page by the back button: the button is there again.
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => {
      if (event.persisted) setGoing(false);
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, []);
  return (
    <>
      {failure !== null && (
        <DoorNote tone="warning" role="alert">
          {failureText(failure, provider, now)}
        </DoorNote>
      )}
      <Button kind="primary" className="min-h-[38px] w-full" disabled={isGoing} onClick={() => void go()}>
        {isGoing ? t('Going to {provider}', { provider }) : t('Sign in with {provider}', { provider })}
      </Button>
    </>
  );
}
