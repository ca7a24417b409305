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

/** Whole where it decides which one it is: two lines, broken behind a hyphen, dot or the like; what is longer still is in the title. */
export function WholeName({ text, className = '' }: { text: string; className?: string }) {
  const parts = text.split(/(?<=[-_./@:])/);
  return (
    <span className={`line-clamp-2 break-words leading-4 ${className}`} title={text}>
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
