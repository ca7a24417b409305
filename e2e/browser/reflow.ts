// What a screen does at a width: whether the document scrolls sideways, whether a control is cut off, whether words lie on one another.
// Measured in the page, on what can be seen; what scrolls within a box of its own may be wider than it.
import type { Page } from '@playwright/test';

/** From what WCAG 2.2 asks of reflow (1.4.10) to a screen of 4K: 720 is 1440 at 200 %, 320 is 1280 at 400 %. */
export const REFLOW_WIDTHS = [320, 720, 1024, 1280, 2560, 3840] as const;
const SAID_MAX = 8;

/** Empty: nothing is wrong. */
export async function reflowFaults(page: Page): Promise<readonly string[]> {
  const faults = await page.evaluate(measure);
  return faults.slice(0, SAID_MAX);
}

/** Runs in the page: whole in itself. */
function measure(): string[] {
  const faults = new Set<string>();
  const root = document.documentElement;
  const width = root.clientWidth;
  if (root.scrollWidth > width) faults.add(`the document is ${root.scrollWidth - width} px too wide`);

  const said = (text: string | null): string => `"${(text ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)}"`;
  const chain = (element: Element): Element[] => {
    const all: Element[] = [];
    for (let at: Element | null = element; at !== null && at !== root; at = at.parentElement) all.push(at);
    return all;
  };
  const seen = (element: Element): boolean => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    return !chain(element).some((at) => at.classList.contains('sr-only'));
  };
  const scrolls = (element: Element): boolean =>
    chain(element).some((at) => /auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth);

  // What stands still while the page moves lies over it by its nature: its own words and controls are compared with one another.
  const layerOf = (element: Element): Element | null =>
    chain(element).find((at) => /fixed|sticky/.test(getComputedStyle(at).position)) ?? null;

  for (const control of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    const box = control.getBoundingClientRect();
    if (box.width <= 1 || !seen(control) || scrolls(control)) continue;
    const clipped = chain(control)
      .slice(1)
      .some((at) => {
        if (getComputedStyle(at).overflowX === 'visible') return false;
        const edge = at.getBoundingClientRect();
        return box.left < edge.left - 5 || box.right > edge.right + 5;
      });
    if (clipped || box.left < -1 || box.right > width + 1)
      faults.add(`cut off: ${said(control.getAttribute('aria-label') ?? control.textContent)}`);
  }

  interface Place {
    readonly element: Element;
    readonly layer: Element | null;
    readonly text: string;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  const places: Place[] = [];
  const put = (element: Element, text: string, boxes: Iterable<DOMRect>): void => {
    const clips = chain(element)
      .filter((at) => getComputedStyle(at).overflow !== 'visible')
      .map((at) => at.getBoundingClientRect());
    for (const box of boxes) {
      const left = Math.max(box.left, ...clips.map((clip) => clip.left));
      const right = Math.min(box.right, ...clips.map((clip) => clip.right));
      // Lines of a paragraph share their leading.
      const top = Math.max(box.top, ...clips.map((clip) => clip.top)) + 2;
      const bottom = Math.min(box.bottom, ...clips.map((clip) => clip.bottom)) - 2;
      if (right - left > 2 && bottom - top > 3)
        places.push({ element, layer: layerOf(element), text, left, right, top, bottom });
    }
  };
  for (const button of document.querySelectorAll('button'))
    if (seen(button))
      put(button, button.getAttribute('aria-label') ?? button.textContent ?? '', [button.getBoundingClientRect()]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.nodeValue ?? '';
    if (element === null || text.trim() === '' || !seen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    put(element, text, range.getClientRects());
  }
  places.sort((a, b) => a.top - b.top);
  for (const [index, one] of places.entries())
    for (let next = index + 1; next < places.length; next += 1) {
      const other = places[next];
      if (other === undefined || other.top >= one.bottom) break;
      if (other.layer !== one.layer || one.element.contains(other.element) || other.element.contains(one.element))
        continue;
      const over = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const deep = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (over > 1.5 && deep > 2) faults.add(`on one another: ${said(one.text)} and ${said(other.text)}`);
    }
  return [...faults];
}
