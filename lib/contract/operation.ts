// One route of the published API, as its document is made of it. Server side only.
import type { z } from 'zod';
import type { ERROR_CODES } from './stream';

export interface Operation {
  readonly path: string;
  /** GET where it is not said. */
  readonly method?: 'post';
  readonly body?: z.ZodType;
  /** Query parameters, with what each means. */
  readonly query?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description?: string;
  readonly answer: z.ZodType | 'sse' | 'openapi';
  readonly errors: readonly (typeof ERROR_CODES)[number][];
}
