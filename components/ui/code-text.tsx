/** Prose in which backticks mark what is to be typed. */
export function CodeText({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other identity
      <code key={`${index}${part}`} className="break-words text-12 text-f0">
        {part}
      </code>
    ),
  );
}
