// Builds the elevated helper (src/helper) into one readable file that needs nothing but Node: no packages, no chunks, no minifying.
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** @param {string} [folder] where flash-helper.mjs goes */
export async function buildHelper(folder = join(ROOT, 'out', 'helper')) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    build: {
      ssr: join(ROOT, 'src', 'helper', 'index.ts'),
      outDir: folder,
      target: 'node20',
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'flash-helper.mjs' } },
    },
  });
  return join(folder, 'flash-helper.mjs');
}
