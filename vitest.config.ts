import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: [
      'lib/**/*.test.ts',
      'lib/**/*.test.tsx',
      'components/**/*.test.ts',
      'components/**/*.test.tsx',
      'e2e/*.test.ts',
      'e2e/fake/**/*.test.ts',
      'e2e/chaos/**/*.test.ts',
    ],
    // Vitest leaves one core to itself, which of two is half; many of these tests wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Shared machines stall: what is right in a second must not fail for taking a minute.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    setupFiles: ['e2e/property-seed.ts', 'e2e/sentence-matchers.ts'],
  },
});
