// One logger to standard output, JSON lines. What could be a secret is never passed to it; `redact` is the second lock.
import pino from 'pino';

export const log = pino({
  name: 'howdah',
  level: process.env.HOWDAH_LOG ?? 'info',
  base: null,
  redact: { paths: ['*.password', '*.secret', '*.token', '*.key', 'password'], censor: '[secret]' },
  timestamp: pino.stdTimeFunctions.isoTime,
});
