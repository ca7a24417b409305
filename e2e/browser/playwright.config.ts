import { defineConfig } from '@playwright/test';

// Two workers: a file at a time each, with a cluster of its own; most of the time is spent waiting for Patroni. SSE pages never
// reach networkidle: specs wait for what they need.
/** They need no cluster. */
const RECORDED = [
  'screens.spec.ts',
  'past.spec.ts',
  'incident.spec.ts',
  'alerts.spec.ts',
  'edge.spec.ts',
  'hydration.spec.ts',
  'secrets.spec.ts',
  'wall.spec.ts',
];

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
  // The recordings cost processor time and the clusters waiting: they begin together.
  projects: [
    { name: 'recorded', testMatch: RECORDED },
    { name: 'cluster', testIgnore: RECORDED },
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // What cannot be clicked is a failure of its own and not of the whole test's time.
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
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
