// Markdown of runbooks as blocks to draw: headings, paragraphs, lists, code, and in a line code, bold and links. Nothing else is markup,
// and HTML is text. Pure.

export type Inline =
  | { readonly kind: 'text' | 'code' | 'bold'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly inline: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string };

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;

export function markdownBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const fence = /^\s*(```|~~~)/.exec(line)?.[1];
    if (fence !== undefined) {
      const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence));
      const last = end < 0 ? lines.length : end;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') });
      at = last + 1;
    } else if (line.trim() === '') at += 1;
    else if (HEADING.test(line)) {
      blocks.push({ kind: 'heading', inline: inlineOf(HEADING.exec(line)?.[1] ?? '') });
      at += 1;
    } else if (ITEM.test(line)) {
      const ordered = ITEM.exec(line)?.[1] !== undefined;
      const items: string[] = [];
      for (; at < lines.length && (lines[at] ?? '').trim() !== ''; at += 1) {
        const item = ITEM.exec(lines[at] ?? '');
        if (item !== null) items.push(item[2] ?? '');
        else items.push(`${items.pop() ?? ''} ${(lines[at] ?? '').trim()}`);
      }
      blocks.push({ kind: 'list', ordered, items: items.map(inlineOf) });
    } else {
      const from = at;
      const goesOn = (next: string): boolean =>
        next.trim() !== '' && !HEADING.test(next) && !ITEM.test(next) && !/^\s*(```|~~~)/.test(next);
      for (at += 1; at < lines.length && goesOn(lines[at] ?? ''); ) at += 1;
      blocks.push({ kind: 'paragraph', inline: inlineOf(lines.slice(from, at).join(' ').trim()) });
    }
  }
  return blocks;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** A link leads to http or https, or it is text. */
export function inlineOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) parts.push({ kind: 'text', text: text.slice(end, found.index) });
    const [whole, code, bold, name, url] = found;
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (bold !== undefined) parts.push({ kind: 'bold', text: bold });
    else parts.push({ kind: 'link', text: name ?? '', url: url ?? '' });
    end = found.index + whole.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
