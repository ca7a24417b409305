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
