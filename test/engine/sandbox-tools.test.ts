// Which sandboxes a host has, and with what they are started: seen from other platforms, without programs, and as an ordinary user.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sandboxArguments } from '../../src/engine/sandbox/sandbox-command.ts';
import { findSandboxTools, listSandboxes } from '../../src/engine/sandbox/sandbox-tools.ts';
import { sandboxMissing } from '../support/sandbox-host.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const here = { env: process.env, hasCommand: true };

describe('a sandbox cannot be had, with the reason', () => {
  it.each(['darwin', 'win32'] as const)('on %s', async (platform) => {
    const sandboxes = await listSandboxes({ ...here, platform });
    expect(sandboxes.map(({ available }) => available)).toEqual([false, false]);
    for (const { detail, hint } of sandboxes) {
      expect(detail).toContain('under the kernel of this computer, which is another');
      expect(hint).toBe('On this system run it in QEMU.');
    }
  });

  it.skipIf(process.platform !== 'linux')('where bubblewrap may not make one, in its own words', async () => {
    const folder = makeFolder();
    const program = join(folder, 'bwrap');
    writeFileSync(program, '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n');
    chmodSync(program, 0o755);
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    await expect(findSandboxTools('bwrap', { env, hasCommand: true })).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      data: { reason: expect.stringContaining('No permissions to create new namespace') as string },
    });
  });
});

describe.skipIf(sandboxMissing('chroot') !== null)('a chroot as an ordinary user', () => {
  it('is asked of pkexec or sudo, and no program of it is taken from the user’s own folders', async () => {
    const folder = join(makeFolder(), 'bin');
    mkdirSync(folder);
    for (const name of ['unshare', 'chroot', 'env', 'pkexec', 'sudo']) {
      writeFileSync(join(folder, name), '#!/bin/sh\n');
      chmodSync(join(folder, name), 0o755);
    }
    const found = await findSandboxTools('chroot', {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      hasCommand: true,
      userId: 1000,
    }).catch((error: unknown) => error);
    // Without pkexec and sudo: that is the reason.
    if (found instanceof Error) {
      expect(found).toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
      return;
    }
    const argv = sandboxArguments({
      mode: 'chroot',
      programs: (found as Awaited<ReturnType<typeof findSandboxTools>>).programs,
      root: '/data/root',
      network: false,
      init: '/init',
    });
    expect(argv.join(' ')).toMatch(
      /^\S*(?:pkexec|sudo --) \S+\/env -i PATH=\/bin \S+\/unshare --mount --pid --net --fork --kill-child=SIGKILL -- \S+\/chroot \/data\/root \/init$/,
    );
    expect(argv.join(' ')).not.toContain(folder);
  });
});
