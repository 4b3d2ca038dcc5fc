// One runner, several projects: what a test may touch is told by the folder that it stands in.
import { defineConfig } from 'vitest/config';

const SMOOTH = 'test/ui/log-flood.test.ts';

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

/** Most tests wait for processes and clocks: three at a time even where there are two processors, which Vitest would keep one of. */
const maxWorkers = 3;
/** A project without parallel files is by itself in Vitest's order, too. */
const alone = (groupOrder: number) => ({ fileParallelism: false, sequence: { groupOrder } });

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit', 10_000, { maxWorkers }),
      project('format', 60_000, { maxWorkers }),
      project('engine', 60_000, { maxWorkers }),
      project('qemu', 180_000, { maxWorkers }),
      project('cli', 120_000, { maxWorkers }),
      project('electron', 60_000, { maxWorkers }),
      project('ui', 180_000, { maxWorkers, exclude: [SMOOTH] }),
      // After all others: it measures how smooth the page is.
      project('smooth', 180_000, { include: [SMOOTH], ...alone(1) }),
      project('long', 7_200_000, alone(2)),
    ],
  },
});
