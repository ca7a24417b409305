import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { RECORDED } from './recorded';

// Two workers: a file at a time each, with a cluster of its own where it needs one; most of that time is spent waiting for Patroni.
// SSE pages never reach networkidle: specs wait for what they need.
/** The same engine without a window's own pages: half the processor time of the whole browser. */
const SHELL = '/usr/bin/chromium-headless-shell';

const recorded = RECORDED.map((name) => `${name}.spec.ts`);

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/browser',
  globalSetup: './setup.ts',
  workers: 2,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  // Shared machines stall: one more try, and the list reporter says "flaky" for whoever reads it.
  retries: 1,
  reporter: [['list'], ['json']],
  // The recordings cost processor time and the clusters waiting: `npm test` runs the two beside one another.
  projects: [
    { name: 'recorded', testMatch: recorded },
    { name: 'cluster', testIgnore: recorded },
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // What cannot be clicked is a failure of its own and not of the whole test's time.
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium'),
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
