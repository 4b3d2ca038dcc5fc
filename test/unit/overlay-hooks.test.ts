// The scripts of the built-in overlays, run by bash against files as upstream's steps write them.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../support/built.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const hasBash = spawnSync('bash', ['--version']).status === 0;
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';
const hookOf = (name: string, file: string): string =>
  join(PROJECT_ROOT, 'resources', 'overlays', name, 'steps', file);

/** As improve/make_bootable.sh writes it with DISK=sdb1. */
const menuFor = (disk: string, root: string): string => `set timeout=5
set default=0
menuentry 'Linux live-bootstrap' {
    insmod part_msdos
    set root='${root}'
    set gfxpayload=auto
    linux /boot/vmlinuz root=/dev/${disk} rootwait rw init=/init console=ttyS0
}
`;

/** Runs the hook with a terminal of its own as the serial port, types into it, and prints what it said. */
const ON_A_TERMINAL = `
import os, pty, subprocess, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
hook = subprocess.Popen(['bash', sys.argv[1], os.ttyname(slave), sys.argv[2]], stdin=subprocess.DEVNULL)
os.write(master, b'echo answer $((6 * 7)); set -o | grep monitor; exit\\n')
hook.wait(20)
os.set_blocking(master, False)
print(os.read(master, 65536).decode())
`;

let folder = '';
beforeEach(() => {
  folder = makeFolder();
});

function runHook(script: string, args: readonly string[], programs: Record<string, string> = {}): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const done = spawnSync('bash', [script, ...args], {
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  expect([done.status, done.stderr]).toEqual([0, '']);
  return done.stdout;
}

describe.skipIf(!hasBash && !required)('the built-in overlays’ scripts (need bash)', () => {
  test.each([
    'offline/steps/improve/get_network.sh',
    'serial-shell/steps/after/80-serial-shell.sh',
    'boot-menu/steps/after/70-boot-menu.sh',
  ])('%s is a script that bash can read, with line feeds only', (path) => {
    const place = join(PROJECT_ROOT, 'resources', 'overlays', path);
    expect(spawnSync('bash', ['-n', place], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const text = readFileSync(place, 'latin1');
    expect(text).not.toContain('\r');
    expect(text.startsWith('#!/bin/')).toBe(true);
  });

  describe('boot-menu', () => {
    const UUID = '0b5c1f2a-1111-8222-9333-444455556666';
    const signature = Buffer.from([0x78, 0x56, 0x34, 0x12]);

    function runOn(disk: string, whole: string, sector = signature): { menu: string; said: string } {
      const [menu, configuration, devices] = ['grub.cfg', 'bootstrap.cfg', 'dev'].map((name) =>
        join(folder, name),
      );
      mkdirSync(devices ?? '');
      const mbr = Buffer.alloc(512);
      mbr.set(sector, 440);
      writeFileSync(join(devices ?? '', whole), mbr);
      writeFileSync(menu ?? '', menuFor(disk, 'hd1,msdos1'));
      writeFileSync(
        configuration ?? '',
        `ARCH=x86\nMIRRORS="http://a.example http://b.example"\nDISK=sda\nDISK=${disk}\n`,
      );
      const said = runHook(
        hookOf('boot-menu', 'after/70-boot-menu.sh'),
        [menu ?? '', configuration ?? '', devices ?? ''],
        {
          'grub-probe': `[ "$2" = ${devices}/${disk} ] && [ "$4" = fs_uuid ] && echo ${UUID}`,
        },
      );
      return { menu: readFileSync(menu ?? '', 'utf8'), said };
    }

    test.each([
      ['sdb1', 'sdb', '01'],
      ['sda12', 'sda', '0c'],
      ['nvme0n1p2', 'nvme0n1', '02'],
      ['mmcblk0p1', 'mmcblk0', '01'],
    ])('finds %s by UUID and signature, and changes nothing else', (disk, whole, number) => {
      const { menu, said } = runOn(disk, whole);
      const expected = menuFor(disk, 'hd1,msdos1')
        .replace(
          "    set root='hd1,msdos1'",
          `    insmod ext2\n    search --no-floppy --fs-uuid --set=root ${UUID}`,
        )
        .replace(`root=/dev/${disk} `, `root=PARTUUID=12345678-${number} `);
      expect(menu).toBe(expected);
      expect(said).toContain(UUID);
    });

    test('leaves the menu alone where the disk has no signature', () => {
      const { menu, said } = runOn('sdb1', 'sdb', Buffer.alloc(4));
      expect(menu).toBe(menuFor('sdb1', 'hd1,msdos1'));
      expect(said).toContain('left as it is');
    });
  });

  describe('serial-shell', () => {
    const INIT = `#!/usr/bin/bash
cd /steps
trap 'env PATH=/usr/bin PS1="[TRAP] \\w # " bash -i' ERR
env - PATH=\${PREFIX}/bin PS1="\\w # " setsid openvt -fec1 -- bash -i
sync
`;

    test('puts a shell on the serial port before the one on the screen, once, and opens one now', () => {
      const init = join(folder, 'init');
      writeFileSync(init, INIT);
      // A character device that takes everything and is at its end at once: the shell ends by itself.
      const run = (): string =>
        runHook(hookOf('serial-shell', 'after/80-serial-shell.sh'), ['/dev/null', init]);
      run();
      const changed = readFileSync(init, 'utf8');
      expect(spawnSync('bash', ['-n', init]).status).toBe(0);
      const lines = changed.split('\n');
      const [loop, screen] = [/^\(while true/, /openvt/].map((pattern) =>
        lines.findIndex((line) => pattern.test(line)),
      );
      expect(loop).toBeGreaterThan(0);
      expect(loop).toBeLessThan(screen ?? 0);
      expect(changed).toContain('/dev/null');
      expect(lines.filter((line) => INIT.split('\n').includes(line)).join('\n')).toBe(INIT);
      run();
      expect(readFileSync(init, 'utf8')).toBe(changed);
    });

    test.skipIf(!hasPython && !required)(
      'gives a shell with job control on a real terminal (needs python3)',
      () => {
        const init = join(folder, 'init');
        writeFileSync(init, INIT);
        const hook = hookOf('serial-shell', 'after/80-serial-shell.sh');
        const done = spawnSync('python3', ['-c', ON_A_TERMINAL, hook, init], {
          encoding: 'utf8',
          timeout: 30_000,
        });
        expect([done.status, done.stderr]).toEqual([0, '']);
        expect(done.stdout).toContain('the bootstrap is complete');
        expect(done.stdout).toContain('answer 42');
        expect(done.stdout).toMatch(/monitor\s+on/);
        expect(done.stdout).not.toContain('no job control');
      },
    );

    test('does nothing where there is no serial port', () => {
      const init = join(folder, 'init');
      writeFileSync(init, INIT);
      const said = runHook(hookOf('serial-shell', 'after/80-serial-shell.sh'), [join(folder, 'ttyS0'), init]);
      expect(said).toContain('no serial shell');
      expect(readFileSync(init, 'utf8')).toBe(INIT);
    });
  });

  test('offline goes on where there is no network, under set -e and sourced as upstream sources it', () => {
    const script = join(folder, 'script.sh');
    writeFileSync(script, `set -e\n. ${hookOf('offline', 'improve/get_network.sh')}\necho went on\n`);
    const said = runHook(script, [], {
      dhcpcd: `echo "$@" > ${join(folder, 'asked')}; exit 1`,
      curl: 'exit 7',
    });
    expect(said).toContain('went on');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('--background\n');
  });
});
