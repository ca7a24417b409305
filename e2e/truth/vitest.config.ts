import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The real lab, one file after the other: two cores carry one cluster at a time.
export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname, '../..') } },
  test: {
    root: import.meta.dirname,
    include: ['*.lab.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 900_000,
    sequence: { concurrent: false },
  },
});
