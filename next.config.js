import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Set by start.ts from the path of `publicUrl`; pages are built for one path. */
const basePath = process.env.HOWDAH_BASE_PATH || '';

/** @type {import('next').NextConfig} */
const nextConfig = {
  basePath,
  env: { HOWDAH_BASE_PATH: basePath },
  distDir: process.env.HOWDAH_DIST || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // `npm run types` checks the whole tree, tests included; a user's build needs only the part that runs.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: path.dirname(fileURLToPath(import.meta.url)) },
  // Packages that read their own files at run time (etcd3 its .proto files) and must not be bundled.
  serverExternalPackages: [
    'etcd3',
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    'undici',
    'pino',
    'pg',
    '@photostructure/sqlite',
  ],
  outputFileTracingIncludes: { '/*': ['./node_modules/etcd3/proto/**'] },
};

export default nextConfig;
