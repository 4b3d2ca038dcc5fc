// Bundles the command line (with the browser host) into out/cli, so that it starts fast under plain Node.
// Beside it the elevated helper (src/helper), in a file of its own that shares nothing with the rest.
// Package mbr stays outside: it uses a constructor of Buffer that Node warns of, but for packages in node_modules.
import { defineConfig } from 'vite';
import { buildHelper } from './scripts/build-helper.mjs';

export default defineConfig({
  plugins: [
    {
      name: 'flash-helper',
      closeBundle: async () => {
        await buildHelper();
      },
    },
  ],
  build: {
    ssr: 'src/cli/index.ts',
    outDir: 'out/cli',
    target: 'node20',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      output: { format: 'es', entryFileNames: 'index.js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['bufferutil', 'utf-8-validate', 'mbr', 'node-pty'] },
});
