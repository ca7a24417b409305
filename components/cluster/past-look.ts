// How the past is told from now without colour: hatched edges and a dashed frame.

const HATCH = 'bg-[repeating-linear-gradient(135deg,var(--l2)_0_1px,transparent_1px_8px)]';

/** The bar: hatched all over. */
export const PAST_BAR = `${HATCH} border-f3 border-b-2 border-dashed bg-bg2`;
/** Around everything that is shown of the past: a hatched margin inside a dashed line. */
export const PAST_FRAME = `${HATCH} rounded-panel border-2 border-f3 border-dashed`;
