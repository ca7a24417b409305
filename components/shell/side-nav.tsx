import Link from 'next/link';
import { Icon, Logo } from '../ui/icon';

export function SideNav() {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 hidden h-dvh w-16 shrink-0 flex-col items-center border-l1 border-r bg-bg0 pt-3.5 md:flex"
    >
      <Logo className="mb-4 text-f0" />
      <Link
        href="/"
        className="flex h-12 w-[52px] flex-col items-center justify-center gap-1 rounded-control bg-bg3 font-medium text-11 text-f0"
      >
        <Icon name="fleet" size={17} />
        Fleet
      </Link>
    </nav>
  );
}
