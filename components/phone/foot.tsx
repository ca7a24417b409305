'use client';
import { useId } from 'react';
import type { OrderView } from '@/lib/client/actions/use-order';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord } from '@/lib/domain/actions/action';
import type { Card } from '@/lib/telling/card/card';
import type { ActOption } from '@/lib/telling/card/options';
import { ACTION_WORDS } from '../actions/action-words';
import { HoldButton } from '../ui/hold-button';
import type { Taking } from './use-taking';

interface FootProps {
  readonly scope: string;
  readonly stage: 'card' | 'confirm' | 'running';
  readonly running: ActionRecord | null;
  readonly card: Card | null;
  /** The chosen action; null: none. */
  readonly option: ActOption | null;
  readonly isTaking: boolean;
  /** It can be held here, without the step between. */
  readonly isDirect: boolean;
  readonly order: OrderView;
  readonly taking: Taking;
  readonly onNext: () => void;
  readonly onDone: () => void;
}

const BIG =
  'flex min-h-[60px] w-full items-center justify-center rounded-dialog border border-l3 bg-bg3 px-4 font-semibold text-15 text-f0 disabled:cursor-default disabled:border-l2 disabled:font-medium disabled:text-f2';

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** The one button, where the thumb is, and one line about it. */
export function Foot(props: FootProps) {
  const id = useId();
  const found = partOf(props, id);
  if (found === null) return null;
  return (
    <footer className="sticky bottom-0 z-10 border-l1 border-t bg-bg0 px-4 pt-3 pb-[max(12px,env(safe-area-inset-bottom))]">
      {found.button}
      <p id={id} className="mt-2 text-center text-13 text-f2">
        {found.words}
      </p>
    </footer>
  );
}

interface Part {
  readonly button: React.ReactNode;
  readonly words: string;
}

function partOf(props: FootProps, describedBy: string): Part | null {
  const { stage, running, card, option, isTaking, isDirect, order, taking, onNext, onDone } = props;
  if (stage === 'running') {
    // It stays where it was held: a finger that is lifted now must not land on what lies beneath.
    if (running === null || running.phase === 'open')
      return {
        button: (
          <button type="button" disabled className={BIG}>
            {t('Followed to its end')}
          </button>
        ),
        words: t('There is nothing to do here. It goes on without this page.'),
      };
    return {
      button: (
        <button type="button" onClick={onDone} className={BIG}>
          {t('Back to the card')}
        </button>
      ),
      words: t('The record stays in the audit.'),
    };
  }
  if (isTaking) return takePart(taking, describedBy);
  if (option === null) {
    const none = card === null || card.options.every(({ refused }) => refused !== null);
    return none ? null : { button: <Idle />, words: t('Nothing is sent before you hold a button for 2 s.') };
  }
  if (order.mode === 'ask' && stage === 'confirm') {
    return {
      button: (
        <button type="button" disabled={order.why !== null} onClick={order.press} className={BIG}>
          {order.why ?? t('Ask for approval')}
        </button>
      ),
      words: t('It runs when somebody else approves it.'),
    };
  }
  if (stage === 'card' && !isDirect) {
    return {
      button: (
        <button type="button" onClick={onNext} className={BIG}>
          {t('Next: {action}', { action: lowerFirst(wire(option.title)) })}
        </button>
      ),
      words: t('Next you see what was checked. Nothing is sent yet.'),
    };
  }
  const { kind } = option.request;
  return {
    button: (
      <HoldButton
        icon={ACTION_WORDS[kind].icon}
        disabled={order.why !== null}
        onConfirm={order.press}
        describedBy={describedBy}
      >
        {order.why ?? t('Hold 2 s: {action}', { action: lowerFirst(wire(option.title)) })}
      </HoldButton>
    ),
    words:
      order.why === null
        ? t('Let go to cancel. Sent once: a lost connection does not repeat it.')
        : t('Nothing is sent before you hold this button for 2 s.'),
  };
}

function Idle() {
  return (
    <button type="button" disabled className={BIG}>
      {t('Choose what to do')}
    </button>
  );
}

function takePart({ why, problem, take }: Taking, describedBy: string): Part {
  return {
    button: (
      <HoldButton icon="bell" disabled={why !== null} onConfirm={take} describedBy={describedBy}>
        {why ?? t('Hold 2 s: take this incident')}
      </HoldButton>
    ),
    words:
      problem === null
        ? t('Changes nothing in the cluster.')
        : t('Not taken: {problem} Hold again to try once more.', { problem }),
  };
}
