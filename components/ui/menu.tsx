'use client';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Icon, type IconName } from './icon';

export interface MenuItem {
  readonly key: string;
  readonly word: string;
  /** What it would do, or why it cannot now. */
  readonly note?: string | undefined;
  readonly icon?: IconName | undefined;
  /** The item stays readable and reachable, and does nothing. */
  readonly disabled?: boolean | undefined;
  /** Disabled because the one who looks may not: a lock beside the word. */
  readonly locked?: boolean | undefined;
  /** A line above it. */
  readonly divided?: boolean | undefined;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly children: ReactNode;
  /** Asked for when it opens, and again while it is open. */
  readonly items: () => readonly MenuItem[];
  readonly className?: string;
}

const WIDTH = 340;
const GAP = 6;

function place(button: HTMLElement): CSSProperties {
  const box = button.getBoundingClientRect();
  const width = Math.min(WIDTH, innerWidth - 16);
  const left = Math.max(8, Math.min(box.right - width, innerWidth - width - 8));
  const below = innerHeight - box.bottom - GAP - 8;
  const above = box.top - GAP - 8;
  return below >= 260 || below >= above
    ? { left, width, top: box.bottom + GAP, bottom: 'auto', maxHeight: below }
    : { left, width, top: 'auto', bottom: innerHeight - box.top + GAP, maxHeight: above };
}

/** A button with a menu, in the browser's top layer: no table clips it, a click beside it or Escape closes it. */
export function Menu({ label, children, items, className = '' }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [style, setStyle] = useState<CSSProperties | null>(null);
  const open = style !== null;

  useEffect(() => {
    if (!open) return;
    const from = button.current?.getBoundingClientRect();
    // It stands where its button stood: when that moves away, it closes. A late scroll event of an older movement does not.
    const close = () => {
      const at = button.current?.getBoundingClientRect();
      if (from === undefined || at === undefined || Math.abs(at.top - from.top) + Math.abs(at.left - from.left) < 8)
        return;
      menu.current?.hidePopover();
    };
    addEventListener('scroll', close, { capture: true, passive: true });
    addEventListener('resize', close);
    return () => {
      removeEventListener('scroll', close, { capture: true });
      removeEventListener('resize', close);
    };
  }, [open]);

  const step = (event: KeyboardEvent) => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to =
      event.key === 'ArrowDown'
        ? all[(at + 1) % all.length]
        : event.key === 'ArrowUp'
          ? all[(at - 1 + all.length) % all.length]
          : event.key === 'Home'
            ? all[0]
            : event.key === 'End'
              ? all.at(-1)
              : event.key.length === 1 && event.key !== ' '
                ? [...all.slice(at + 1), ...all.slice(0, at + 1)].find((item) =>
                    item.textContent?.toLowerCase().startsWith(event.key.toLowerCase()),
                  )
                : undefined;
    if (event.key === 'Tab') menu.current?.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    to.focus();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        className={className}
      >
        {children}
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        style={style ?? undefined}
        onKeyDown={step}
        onBeforeToggle={(event) => {
          if (event.newState === 'open' && button.current !== null) setStyle(place(button.current));
        }}
        onToggle={(event) => {
          if (event.newState === 'open') {
            menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus({ preventScroll: true });
          } else setStyle(null);
        }}
        className="fixed m-0 overflow-y-auto rounded-panel border border-l2 bg-bg1 p-1.5 text-f1 shadow-2xl"
      >
        {open &&
          items().map((item) => (
            <Item
              key={item.key}
              item={item}
              onSelect={() => {
                if (item.disabled) return;
                menu.current?.hidePopover();
                button.current?.focus();
                item.onSelect();
              }}
            />
          ))}
      </div>
    </>
  );
}

function Item({ item, onSelect }: { item: MenuItem; onSelect: () => void }) {
  const id = useId();
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a line inside a menu is a separator by role */}
      {item.divided && <div role="separator" className="my-1.5 h-px bg-l1" />}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        aria-disabled={item.disabled || undefined}
        aria-labelledby={`${id}word`}
        aria-describedby={item.note === undefined ? undefined : `${id}note`}
        onClick={onSelect}
        className="flex w-full items-start gap-2.5 rounded-control px-2.5 py-1.5 text-left focus:bg-bg3 focus-visible:shadow-none hover:bg-bg3 aria-disabled:cursor-default pointer-coarse:min-h-11"
      >
        {item.icon && <Icon name={item.icon} size={15} className={`mt-0.5 ${item.disabled ? 'text-f3' : 'text-f1'}`} />}
        <span className="min-w-0">
          <span id={`${id}word`} className={`block font-semibold text-13 ${item.disabled ? 'text-f3' : 'text-f0'}`}>
            {item.word}
            {item.locked && <Icon name="lock" size={11} className="ml-1.5 inline" />}
          </span>
          {item.note !== undefined && (
            <span id={`${id}note`} className="block break-words text-12 text-f2">
              {item.note}
            </span>
          )}
        </span>
      </button>
    </>
  );
}
