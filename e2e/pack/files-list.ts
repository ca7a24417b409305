// Which files a package may have: all of them are named here by pattern, and what is never shipped is named once more.

const ALLOWED: readonly RegExp[] = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY-LICENCES\.txt|sbom\.cdx\.json|howdah\.example\.yaml|howdah\.mjs)$/,
  /^app\/package\.json$/,
  /^app\/public\/[a-z0-9-]+\.(png|svg|js)$/,
  /^app\/server\/[\w-]+\.mjs$/,
  /^app\/\.next\/(BUILD_ID|[a-z-]+\.json)$/,
  /^app\/\.next\/node_modules\/[^/]+\/(package\.json|index\.js)$/,
  /^app\/\.next\/server\/.*\.(js|json|html|rsc|meta|body)$/,
  /^app\/\.next\/static\/.*\.(js|css|woff2|json)$/,
  /^app\/node_modules\/.*\.(js|cjs|mjs|json|node|proto|wasm)$/,
  /^app\/node_modules\/.*\/(LICEN[CS]E|NOTICE|COPYING)[^/]*$/i,
];

const NEVER: readonly RegExp[] = [
  /\.(map|ts|tsx|pem|key|crt|log|db|tgz)$/,
  /\.(test|spec|lab)\.[a-z]+$|\.nft\.json$|\.tsbuildinfo$/,
  /(^|\/)(testdata|testdata-made|e2e|__tests__|\.git|\.lab|\.howdah)(\/|$)/,
  /^app\/\.next\/cache\//,
  /(^|\/)(\.env|\.npmrc|howdah\.yaml)[^/]*$|(^|\/)secret$/,
  /^app\/node_modules\/(@img|sharp|esbuild|@esbuild|tsx|typescript|vitest|playwright|@biomejs|tailwindcss)(\/|$)/,
  /^app\/node_modules\/@next\/swc/,
];

/** Those that must not be there. Paths are relative to the package's own folder. */
export function foreignFiles(files: readonly string[]): string[] {
  return files.filter(
    (file) => !ALLOWED.some((allowed) => allowed.test(file)) || NEVER.some((never) => never.test(file)),
  );
}
