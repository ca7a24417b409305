import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

interface ChipProps {
  readonly children: ReactNode;
  readonly icon?: IconName;
  readonly tone?: 'plain' | 'warning' | 'mono' | 'key';
  readonly title?: string | undefined;
}

const TONE = {
  plain: 'border-l2 text-f1',
  warning: 'border-warning/60 text-warning',
  mono: 'border-l2 bg-bg2 font-mono text-f1',
  key: 'border-current/45 font-mono text-key-text',
} as const;

/** A mark: outlined, icon and word. */
export function Chip({ children, icon, tone = 'plain', title }: ChipProps) {
  return (
    <span
      title={title}
      className={`inline-flex h-5 items-center gap-1.5 whitespace-nowrap rounded-chip border px-1.5 text-11 ${TONE[tone]}`}
    >
      {icon && <Icon name={icon} size={11} />}
      {children}
    </span>
  );
}
