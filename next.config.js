import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @type {import('next').NextConfig} */
const nextConfig = {
  distDir: process.env.HOWDAH_DIST || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // `npm run types` checks the whole tree, tests included; a user's build needs only the part that runs.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: path.dirname(fileURLToPath(import.meta.url)) },
  async headers() {
    const headers = [
      { key: 'X-Frame-Options', value: 'DENY' },
      {
        key: 'Content-Security-Policy',
        value: "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
      },
      { key: 'Referrer-Policy', value: 'same-origin' },
      { key: 'X-Content-Type-Options', value: 'nosniff' },
    ];
    return [{ source: '/:path*', headers }];
  },
  // Packages that read their own files at run time (etcd3 its .proto files) and must not be bundled.
  serverExternalPackages: [
    'etcd3',
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    'undici',
    'pino',
    'pg',
    '@electric-sql/pglite',
  ],
  outputFileTracingIncludes: { '/*': ['./node_modules/etcd3/proto/**'] },
};

export default nextConfig;
