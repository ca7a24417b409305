import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: string;
  /** Beside the name: how many, or over what. */
  readonly count?: ReactNode | undefined;
  /** At the right: source and age. */
  readonly aside?: ReactNode | undefined;
  readonly children: ReactNode;
  readonly className?: string;
  readonly bodyClassName?: string;
}

export function Panel({ title, count, aside, children, className = '', bodyClassName = '' }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={`flex min-w-0 flex-col overflow-clip rounded-panel border border-l1 bg-bg1 ${className}`}
    >
      <header className="flex min-h-[34px] shrink-0 flex-wrap items-center gap-x-2 border-l1 border-b px-[14px] py-1">
        <h2 id={id} className="font-semibold text-13 text-f0">
          {title}
        </h2>
        {count !== undefined && <span className="text-12 text-f2">{count}</span>}
        {aside !== undefined && (
          <span className="ml-auto flex min-w-0 items-center gap-2 text-right text-11 text-f3">{aside}</span>
        )}
      </header>
      <div className={`min-w-0 grow ${bodyClassName}`}>{children}</div>
    </section>
  );
}
