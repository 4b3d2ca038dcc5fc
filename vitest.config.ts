// One runner, several projects: what a test may touch is told by the folder that it stands in.
import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    setupFiles: ['test/support/setup.ts'],
    ...extra,
  },
});

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit', 10_000),
      project('format', 60_000),
      project('engine', 60_000),
      project('qemu', 180_000, { fileParallelism: false }),
      project('cli', 120_000, { fileParallelism: false }),
      project('electron', 60_000),
      // By itself, after all others: it measures how smooth the page is.
      project('ui', 180_000, { fileParallelism: false, sequence: { groupOrder: 1 } }),
      project('long', 7_200_000, { fileParallelism: false }),
    ],
  },
});
