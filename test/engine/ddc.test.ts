// The two-root check where it cannot come to its end: no compiler, a checkout that lacks what it needs, cancelled. Nothing is left behind.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTwoRoots } from '../../src/engine/trust/ddc.ts';
import { DDC_PARTS } from '../../src/engine/trust/ddc-recipe.ts';
import { type ProgramFolder, programFolder } from '../support/audit-programs.ts';

const here = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!here)('the two-root check (skipped elsewhere than on Linux for x86-64)', () => {
  let folder: ProgramFolder;
  beforeEach(() => {
    folder = programFolder();
  });
  afterEach(() => folder.remove());

  function start(env: NodeJS.ProcessEnv, signal: AbortSignal = new AbortController().signal) {
    const options = { root: folder.root, folder: join(folder.root, 'audits'), env, run: null } as const;
    return checkTwoRoots({ ...options, platform: 'linux' }, { signal, report: () => undefined });
  }

  /** A compiler that does what the script says. */
  function compiler(script: string): NodeJS.ProcessEnv {
    const bin = join(folder.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'gcc'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }

  function fakeCheckout(): void {
    const stage0 = join(folder.root, 'seed/stage0-posix');
    for (const part of DDC_PARTS) {
      if (part.includes('.')) continue;
      mkdirSync(join(stage0, part), { recursive: true });
    }
    for (const part of DDC_PARTS) if (part.includes('.')) writeFileSync(join(stage0, part), '');
    for (const name of ['mescc-tools-full-kaem.kaem', 'mescc-tools-mini-kaem.kaem', 'kaem.run'])
      writeFileSync(join(stage0, 'x86', name), '');
  }

  const left = (): string[] => readdirSync(join(folder.root, 'audits'));

  it('ends with the compiler’s own words when that fails, and leaves nothing', async () => {
    fakeCheckout();
    await expect(start(compiler('echo "cc.c: no room" >&2; exit 3'))).rejects.toMatchObject({
      code: 'DDC_STEP_FAILED',
      data: { step: 'compiling M2', reason: 'exit status 3, cc.c: no room' },
    });
    expect(left()).toEqual([]);
  });

  it('does not take scripts without the commands that it looks for as success', async () => {
    fakeCheckout();
    const copies = 'while [ "$1" != -o ]; do shift; done; printf x > "$2"';
    await expect(start(compiler(copies))).rejects.toMatchObject({
      code: 'DDC_STEP_FAILED',
      data: { reason: 'upstream’s script has no such commands' },
    });
    expect(left()).toEqual([]);
  });

  it('ends every process when it is cancelled', async () => {
    fakeCheckout();
    const controller = new AbortController();
    const begun = join(folder.root, 'begun');
    const running = start(compiler(`echo $$ > ${begun}; sleep 600`), controller.signal);
    const ended = expect(running).rejects.toThrow(/abort/i);
    await expect.poll(() => readdirSync(folder.root).includes('begun'), { timeout: 20_000 }).toBe(true);
    controller.abort();
    await ended;
    expect(left()).toEqual([]);
  });
});
