// Finding QEMU: which one, its version, and the words when there is none that works.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findQemu, installCommand, parseQemuVersion } from '../../src/engine/run/find-qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

function program(folder: string, name: string, prints: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('a version', () => {
  test.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright', '7.2.22'],
    ['QEMU emulator version 10.1.0\n', '10.1.0'],
    ['QEMU emulator version 8.0 (qemu-8.0)', '8.0'],
    ['something else 7.2', null],
  ])('of %j is %s', (text, version) => {
    expect(parseQemuVersion(text)).toBe(version);
  });
});

describe('QEMU', () => {
  test('is the one that SEEDBED_QEMU names, and no other', async () => {
    const root = tempFolder();
    const path = program(root, 'mine', 'QEMU emulator version 7.0.0');
    expect(await findQemu({ env: { ...process.env, SEEDBED_QEMU: path } })).toEqual({
      path,
      version: '7.0.0',
    });
    const wrong = findQemu({ env: { ...process.env, SEEDBED_QEMU: join(root, 'absent') } });
    await expect(wrong).rejects.toMatchObject({
      code: 'QEMU_NOT_FOUND',
      data: { tried: expect.stringContaining('SEEDBED_QEMU') as string },
    });
  });

  test('is looked for on the search path, 64 bits first, past programs that are no QEMU or too old', async () => {
    const root = tempFolder();
    const first = join(root, 'first');
    const second = join(root, 'second');
    program(first, 'qemu-system-x86_64', 'QEMU emulator version 6.2.0');
    program(first, 'qemu-system-i386', 'QEMU emulator version 9.0.0');
    const good = program(second, 'qemu-system-x86_64', 'QEMU emulator version 8.1.0');
    const env = { PATH: `${first}:${second}:/bin` };
    expect(await findQemu({ env })).toEqual({ path: good, version: '8.1.0' });
  });

  test('that is too old is an error with its version and the command to install another', async () => {
    const root = tempFolder();
    const path = program(root, 'old', 'QEMU emulator version 6.2.0');
    await expect(findQemu({ env: { ...process.env, SEEDBED_QEMU: path } })).rejects.toMatchObject({
      code: 'QEMU_TOO_OLD',
      data: { path, version: '6.2.0', minimum: '7.0', install: await installCommand() },
    });
  });

  test('that does not answer is not waited for when the search is cancelled', async () => {
    const root = tempFolder();
    const path = join(root, 'hangs');
    writeFileSync(path, '#!/bin/sh\nexec tail -f /dev/null\n');
    chmodSync(path, 0o755);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const found = findQemu({ env: { ...process.env, SEEDBED_QEMU: path }, signal: controller.signal });
    await expect(found).rejects.toThrow(/abort/i);
  });
});

test('the install command is that of the system', async () => {
  const root = tempFolder();
  const commandFor = async (text: string): Promise<string> => {
    const path = join(root, 'os-release');
    writeFileSync(path, text);
    return installCommand('linux', path);
  };
  expect(await commandFor('ID=debian\n')).toBe('sudo apt-get install qemu-system-x86');
  expect(await commandFor('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')).toContain('apt-get');
  expect(await commandFor('ID=fedora\n')).toContain('dnf');
  expect(await commandFor('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n')).toContain('zypper');
  expect(await commandFor('ID=endeavouros\nID_LIKE=arch\n')).toContain('pacman');
  expect(await commandFor('ID=alpine\n')).toContain('apk');
  expect(await commandFor('ID=unheard-of\n')).toContain('package manager');
  expect(await installCommand('darwin')).toBe('brew install qemu');
});
