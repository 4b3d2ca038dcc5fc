// npm run bench: set up, bundle bench/ as the hosts are bundled, and run it. What is measured: bench/index.ts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build as buildSeedbed, checkNode, installPackages, ROOT } from './setup.mjs';

checkNode();
installPackages();
buildSeedbed();
const { build } = await import('vite');
const folder = join(ROOT, 'out', 'bench');
await build({
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir: folder,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        index: join(ROOT, 'bench', 'index.ts'),
        'build-child': join(ROOT, 'bench', 'build-child.ts'),
        'external-child': join(ROOT, 'bench', 'external-child.ts'),
        'watch-child': join(ROOT, 'bench', 'watch-child.ts'),
        'latency-server': join(ROOT, 'bench', 'latency-server.ts'),
        'sandbox-child': join(ROOT, 'bench', 'sandbox-child.ts'),
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { external: ['node-pty'], noExternal: true },
});
// A process of its own, without the bundler in its memory.
const { status } = spawnSync(process.execPath, [join(folder, 'index.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
