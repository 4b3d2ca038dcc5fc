// The machine of a bootstrap on hosts of all sizes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitMachine } from '../../src/engine/bootstrap/fit-machine.ts';

describe('the machine fitted to a host', () => {
  it.each([
    ['a laptop with 4 processors and 16 GiB', 4, 16_384, 12_000, 3, 4096],
    ['a desktop with 16 processors and 64 GiB', 16, 65_536, 60_000, 8, 9216],
    ['two processors and 8 GiB', 2, 8192, 7000, 2, 4096],
    ['one processor', 1, 8192, 7000, 1, 4096],
    ['many processors and little memory: 1 GiB for each', 32, 6144, 6000, 4, 4608],
    ['a host that cannot say what is free', 8, 16_384, null, 7, 8192],
    ['a host that is nearly full: less memory, the same processors', 16, 65_536, 6000, 8, 5376],
    ['a host too small: the least that builder-hex0 can work with', 2, 2048, 1000, 1, 3072],
  ])('%s', (_host, processors, totalMiB, freeMiB, cores, memoryMiB) => {
    expect(fitMachine({ processors, totalMiB, freeMiB })).toMatchObject({ cores, memoryMiB });
  });

  it('takes what a person asks for, and says when it is risky', () => {
    const host = { processors: 4, totalMiB: 16_384, freeMiB: 12_000 };
    const { cores, memoryMiB, reasons } = fitMachine(host, { cores: 8, memoryMiB: 4096 });
    expect([cores, memoryMiB]).toEqual([8, 4096]);
    expect(reasons.join(' ')).toContain('less than 1 GiB for each');
  });

  it('has processors that do not depend on what is free: they are in the image', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 1024, max: 1_048_576 }),
        fc.integer({ min: 0, max: 1_048_576 }),
        (processors, totalMiB, freeMiB) => {
          const one = fitMachine({ processors, totalMiB, freeMiB });
          expect(one.cores).toBe(fitMachine({ processors, totalMiB, freeMiB: null }).cores);
          expect(one.cores).toBeGreaterThanOrEqual(1);
          expect(one.cores).toBeLessThanOrEqual(processors);
          expect(one.memoryMiB).toBeGreaterThanOrEqual(3072);
          expect(one.memoryMiB).toBeLessThanOrEqual(Math.max(3072, totalMiB * 0.75));
        },
      ),
    );
  });
});
