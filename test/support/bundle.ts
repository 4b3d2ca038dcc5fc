// Programs of the tests that run as processes of their own: TypeScript bundled into one file, as the hosts are.
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Bundle `test/support/<name>` with everything that it imports into `folder`; the path of the program. */
export async function bundleProgram(name: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = `${basename(name, '.ts')}.mjs`;
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: fileURLToPath(new URL(name, import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: file } },
    },
    // node-pty finds its native part beside itself.
    ssr: { noExternal: true, external: ['node-pty'] },
  });
  return join(folder, file);
}
