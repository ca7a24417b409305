import { Fragment } from 'react';
import { truncateMiddle } from '@/lib/client/words/format';

/** A long name keeps both ends; the whole is in the title and for screen readers. */
export function Name({ text, limit, className = '' }: { text: string; limit: number; className?: string }) {
  const short = truncateMiddle(text, limit);
  if (short === text) return <span className={`whitespace-nowrap ${className}`}>{text}</span>;
  return (
    <span className={`whitespace-nowrap ${className}`} title={text}>
      <span aria-hidden="true">{short}</span>
      <span className="sr-only">{text}</span>
    </span>
  );
}

interface WholeNameProps {
  readonly text: string;
  /** All: where two names must never look the same. */
  readonly lines?: 2 | 'all';
  readonly className?: string;
}

/** Whole where it decides which one it is: broken behind a hyphen, dot or the like; what two lines do not hold is in the title. */
export function WholeName({ text, lines = 2, className = '' }: WholeNameProps) {
  const parts = text.split(/(?<=[-_./@:])/);
  return (
    <span className={`${lines === 2 ? 'line-clamp-2' : 'block'} break-words leading-4 ${className}`} title={text}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one name never change places
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
