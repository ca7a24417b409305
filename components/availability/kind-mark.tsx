export type Kind = 'unplanned' | 'planned' | 'unseen';

const LOOK: Readonly<Record<Kind, string>> = {
  unplanned: 'bg-critical-fill',
  planned: 'border-[1.5px] border-f1',
  unseen: 'border-[1.5px] border-dashed border-unknown',
};

/** Filled, outlined, dashed: the three survive grey and print. The word stands beside it. */
export function KindMark({ kind }: { kind: Kind }) {
  return (
    <span
      aria-hidden="true"
      className={`inline-block size-2.5 shrink-0 rounded-[2px] [print-color-adjust:exact] ${LOOK[kind]}`}
    />
  );
}
