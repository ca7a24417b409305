// Numbers that both ends keep: the server checks by them, the schemas publish them, the screens obey them. Without zod, for the browser.

/** Of what a person gives for doing something, without the space at its ends. */
export const REASON_MIN = 3;
export const REASON_MAX = 2000;
/** Of the one who acts without the second person. */
export const BREAK_GLASS_REASON_MIN = 10;

export const NOTE_MAX = 4000;
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** A beat is sent at least this often; the browser calls the connection lost after STREAM_LOST_MS without any frame. */
export const STREAM_BEAT_MS = 2000;
export const STREAM_LOST_MS = 4500;
/** Scopes whose snapshots one stream carries. */
export const STREAM_SCOPES_MAX = 50;

/** Rows of a page. */
export const PAGE_MAX = 500;
export const HISTORY_POINTS_MAX = 600;
export const INCIDENT_MAX_MS = 7 * 86_400_000;
/** A year, and a day for its zone. */
export const AVAILABILITY_MAX_MS = 367 * 86_400_000;

/** Cards that are sent to a wall; the worst come first. */
export const WALL_PROBLEMS_MAX = 40;
export const WALL_EVENTS_MAX = 12;

/** Of a file that is pasted, and of certificates. */
export const SOURCE_TEXT_MAX = 200_000;

/** Of a body; and of one that only signs somebody in. */
export const BODY_MAX_BYTES = 1024 * 1024;
export const SIGN_IN_BODY_MAX_BYTES = 16 * 1024;
/** Of a name in a path, once it is decoded. */
export const PATH_NAME_MAX = 200;
