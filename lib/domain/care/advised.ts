// What the makers of a DCS on raft advise, p99: above it a value is drawn as a warning, and is no finding yet.

export const FSYNC_ADVISED_MS = 10;
export const ROUND_TRIP_ADVISED_MS = 50;
