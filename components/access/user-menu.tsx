'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { mayNot, useMe } from '@/lib/client/access/me';
import { signOut } from '@/lib/client/access/sign-in';
import { bestRole, roleWords } from '@/lib/client/access/words';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { t, wire } from '@/lib/client/words/text';
import type { MeAnswer } from '@/lib/contract/access';
import { nameOfLanguage } from '@/lib/language/language';
import { otherLanguages, switchLanguage } from '../shell/language-choice';
import { Icon } from '../ui/icon';
import { Menu, type MenuItem } from '../ui/menu';

/** `m.keller` is MK. */
function initialsOf(name: string): string {
  const [first = '', second = ''] = name.split(/[\s._@-]+/).filter((part) => part !== '');
  const both = second === '' ? first.slice(0, 2) : `${first.slice(0, 1)}${second.slice(0, 1)}`;
  return both.toUpperCase();
}

function nameText(me: MeAnswer): string {
  return me.kind === 'open' ? t('Nobody signs in here') : me.name;
}

/** Who one is here, and the ways to what follows from it. */
export function UserMenu({ className = '' }: { className?: string }) {
  const router = useRouter();
  const me = useMe();
  const [problem, setProblem] = useState<string | null>(null);
  if (me === undefined) return null;
  const isAccount = me.kind === 'user' || me.kind === 'break_glass';
  const leaveHere = async (): Promise<void> => {
    setProblem(await signOut(false).then(() => null, reasonOf));
  };
  const items = (): readonly MenuItem[] => {
    const why = mayNot(me, 'see_access', null);
    const role = bestRole(me.grants);
    return [
      ...(isAccount
        ? [
            {
              key: 'account',
              word: t('Account'),
              icon: 'person' as const,
              note: `${me.name}, ${role === null ? t('no role') : roleWords(role)}`,
              onSelect: () => router.push('/account'),
            },
          ]
        : []),
      {
        key: 'access',
        word: t('Access'),
        icon: 'key',
        note: why ?? t('users, tokens, walls, who came in'),
        disabled: why !== null,
        onSelect: () => router.push('/access'),
      },
      {
        key: 'sources',
        word: t('Sources'),
        icon: 'plug',
        note: mayNot(me, 'manage_sources', null) ?? t('where the clusters are: add one, read the file again'),
        disabled: mayNot(me, 'manage_sources', null) !== null,
        onSelect: () => router.push('/sources'),
      },
      ...otherLanguages().map((one) => ({
        key: `language-${one}`,
        word: nameOfLanguage(one),
        icon: 'switch' as const,
        onSelect: () => switchLanguage(one),
      })),
      ...(isAccount
        ? [
            {
              key: 'sign_out',
              word: t('Sign out'),
              icon: 'arrow' as const,
              divided: true,
              onSelect: () => void leaveHere(),
            },
          ]
        : []),
    ];
  };
  return (
    <>
      <Menu
        label={t('{name}: account and access', { name: nameText(me) })}
        items={items}
        className={`flex flex-col items-center gap-1 rounded-control text-11 text-f2 hover:text-f0 aria-expanded:bg-bg3 ${className}`}
      >
        <span
          aria-hidden="true"
          className="flex size-7 shrink-0 items-center justify-center rounded-full border border-l2 bg-bg2 font-semibold text-10 text-f1"
        >
          {me.kind === 'open' ? <Icon name="person" size={14} /> : initialsOf(me.name)}
        </span>
      </Menu>
      {problem !== null && (
        <p
          role="alert"
          className="bar-warning fixed bottom-4 left-4 z-40 max-w-[calc(100vw-32px)] rounded-panel border border-l2 bg-bg1 px-3.5 py-2 text-f0 shadow-2xl"
        >
          {t('Not signed out: {problem}', { problem: wire(problem) })}
        </p>
      )}
    </>
  );
}
