import type { ReactNode } from 'react';

const ICONS = {
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.3 10.3 3.4 3.4" />
    </>
  ),
  fleet: (
    <>
      <rect x="2" y="2" width="12" height="3.4" rx="1" />
      <rect x="2" y="6.3" width="12" height="3.4" rx="1" />
      <rect x="2" y="10.6" width="12" height="3.4" rx="1" />
    </>
  ),
  bell: <path d="M4 11V7.2a4 4 0 0 1 8 0V11l1.3 1.6H2.7ZM6.6 14.2h2.8M8 1.6v1.4" />,
  silence: (
    <path d="M4 11V7.2c0-.7.2-1.3.4-1.8M6.3 3.6a4 4 0 0 1 5.7 3.6V10M10.5 12.6H2.7L4 11M6.6 14.2h2.8M2.2 1.8l11.6 12" />
  ),
  note: <path d="M3 2.5h10v8l-3 3H3ZM13 10.5h-3v3M5.5 5.5h5M5.5 8h3" />,
  phone: (
    <>
      <rect x="4.5" y="1.5" width="7" height="13" rx="1.5" />
      <path d="M7.2 12.3h1.6" />
    </>
  ),
  around: <path d="M1.8 4v8M14.2 4v8M4.5 8h7M6.3 6 4.3 8l2 2M9.7 6l2 2-2 2" />,
  sort: <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  rows: <path d="M2.5 3.2h11M2.5 12.8h11M5 6.4h8.500M5 9.600h8.500" />,
  columns: <path d="M2.5 3h11v10h-11ZM6.200 3v10M9.800 3v10" />,
  download: <path d="M8 2v8m0 0L4.8 7M8 10l3.2-3M2.5 13.5h11" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  check: <path d="m3 8.5 3.2 3L13 4.8" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2" />,
  restart: <path d="M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v2.9h-2.9" />,
  calendar: (
    <>
      <rect x="2.5" y="3.5" width="11" height="10" rx="1.2" />
      <path d="M2.5 6.8h11M5.5 1.8v3M10.5 1.8v3" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1" />
    </>
  ),
  moon: <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z" />,
  chevron: <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
  back: <path d="M10 3 5 8l5 5" />,
  close: <path d="m4.5 4.5 7 7m0-7-7 7" />,
  plug: <path d="M5.5 2v3.500M10.500 2v3.500M3.800 5.500h8.400v2.300a4.200 4.200 0 0 1-8.400 0ZM8 12v2.300" />,
  unplugged: (
    <path d="m2.5 2.5 11 11M6.2 4.3l1.3-1.2a3 3 0 0 1 4.3 4.2l-1.2 1.3M9.8 11.7l-1.3 1.2a3 3 0 0 1-4.3-4.2l1.2-1.3" />
  ),
  arrow: <path d="M3 8h9.5m0 0L9 4.5M12.5 8 9 11.5" />,
  switch: <path d="M2.5 5.2h10.2m0 0L10 2.6m2.7 2.6L10 7.8M13.5 10.8H3.3m0 0L6 8.2m-2.7 2.6L6 13.4" />,
  bolt: <path d="M9 1.8 3.8 9H8l-1 5.2L12.2 7H8Z" />,
  play: <path d="M5 3.2v9.6L12.5 8Z" />,
  edit: <path d="M2.8 13.2v-2.7l7.7-7.7a1.5 1.5 0 0 1 2.1 0l.6.6a1.5 1.5 0 0 1 0 2.1l-7.7 7.7Z" />,
  rolling: <path d="M12.6 6.5A5 5 0 0 0 3.5 5.6M3.4 2.6v3h3M3.4 9.5a5 5 0 0 0 9.1.9m.1 3v-3h-3M6.5 8h3" />,
  reload: <path d="M12.6 6.5A5 5 0 0 0 3.5 5.6M3.4 2.6v3h3M3.4 9.5a5 5 0 0 0 9.1.9m.1 3v-3h-3" />,
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.2" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="11" r="2.6" />
      <path d="m7 9 6.2-6.2M11 5l1.8 1.8M9 7l1.2 1.2" />
    </>
  ),
  more: (
    <>
      <circle cx="3.5" cy="8" r="1" fill="currentColor" stroke="none" />
      <circle cx="8" cy="8" r="1" fill="currentColor" stroke="none" />
      <circle cx="12.5" cy="8" r="1" fill="currentColor" stroke="none" />
    </>
  ),
  audit: <path d="m2 3.8 1.2 1.2L5.4 2.7M2 8.3l1.2 1.2 2.2-2.3M2 12.8 3.2 14l2.2-2.3M8 4h6M8 8.5h6M8 13h6" />,
  down: <path d="M8 2.5v11m0 0L4 9.7m4 3.8 4-3.8" />,
  up: <path d="M8 13.5v-11m0 0L4 6.3m4-3.8 4 3.8" />,
  cancel: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" />
    </>
  ),
  earlier: <path d="M10 3 5 8l5 5" />,
  later: <path d="m6 3 5 5-5 5" />,
  closer: (
    <>
      <circle cx="7" cy="7" r="4.6" />
      <path d="m13.6 13.6-3.3-3.3M7 5v4M5 7h4" />
    </>
  ),
  further: (
    <>
      <circle cx="7" cy="7" r="4.6" />
      <path d="m13.6 13.6-3.3-3.3M5 7h4" />
    </>
  ),
  past: (
    <>
      <path d="M2.6 5.4A6 6 0 1 1 2 8M2.4 2.6v3h3" />
      <path d="M8 4.8V8l2.2 1.4" />
    </>
  ),
  events: <path d="M1.8 8h3l1.7-4.6 2.8 9.2L11.1 8h3.1" />,
  report: <path d="M4 2.2h5.5L12.5 5v8.8H4Zm5.3 0v3.2h3.2M6.2 8h4.2M6.2 10.6h4.2" />,
  person: (
    <>
      <circle cx="8" cy="5.2" r="2.9" />
      <path d="M2.6 14c.5-3 2.600-4.700 5.400-4.700s4.900 1.700 5.400 4.700" />
    </>
  ),
  rebuild: <path d="M2.8 4.2h10.4M6 4.2V2.5h4v1.7M4.2 4.2l.6 9.3h6.4l.6-9.3" />,
} satisfies Readonly<Record<string, ReactNode>>;

export type IconName = keyof typeof ICONS;

export function Icon({ name, size = 14, className = '' }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
      aria-hidden="true"
    >
      {ICONS[name]}
    </svg>
  );
}

/** The seat on the elephant: roof, posts, the curve of the back. */
export function Logo({ size = 26, className = '' }: { size?: number; className?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" className={className} aria-hidden="true">
      <path
        d="M16 3.5c.8 0 1.2.5 1.4 1.1 2.9.6 6.3 2.6 9.1 5.9.5.6.1 1.5-.7 1.5H6.2c-.8 0-1.2-.9-.7-1.5 2.8-3.3 6.2-5.3 9.1-5.9.2-.6.6-1.1 1.4-1.1Z"
        fill="currentColor"
      />
      <path d="M9 12v5.500M14 12v5M18.5 12v5M23 12v5.5" stroke="currentColor" strokeWidth="2.2" />
      <path
        d="M4 27.500C6.5 21 10.5 18 16 18s9.5 3 12 9.5"
        stroke="currentColor"
        strokeWidth="2.8"
        strokeLinecap="round"
      />
    </svg>
  );
}
