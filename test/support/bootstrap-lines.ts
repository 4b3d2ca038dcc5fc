// What eras E to J of live-bootstrap print, line by line, written after upstream's scripts: steps/helpers.sh (build), steps/jump/*.sh,
// steps/improve/*.sh and the printk lines of Fiwix v1.5.0-lb1 and Linux 4.14 (live-bootstrap 984b8322). Compiler output is made up.
import { checkLines, command, packageLines } from './consoles.ts';

/** A line, or lines, and the share of the step's time (in tenths) that passes before they are printed. */
export interface TimedLines {
  tenths: number;
  lines: readonly string[];
}

/** A build by kaem: from `pkg=` to the `cd ..` behind it. Eight tenths of its time go into compiling. */
export function kaemBuild(name: string, pass: number): TimedLines[] {
  return [
    {
      tenths: 0,
      lines: [...packageLines(name, pass), command('checksum-transcriber sources')],
    },
    {
      tenths: 1,
      lines: [
        command('sha256sum -c sources.SHA256SUM'),
        ...checkLines(`/external/distfiles/${name}.tar.gz`, true),
        command('mkdir build'),
        command('cd build'),
        command(`ungz --file /external/distfiles/${name}.tar.gz --output ${name}.tar`),
        command(`untar --file ${name}.tar`),
        command('simple-patch a.c ../simple-patches/a.before ../simple-patches/a.after'),
        command('cd ..'),
      ],
    },
    { tenths: 0, lines: [command('tcc -c -I include -o a.o a.c'), 'reading file: <stdio.h>', 'skipping:'] },
    { tenths: 8, lines: [command('cp a.o /usr/lib/a.o')] },
    {
      tenths: 1,
      lines: [
        command(`sha256sum -c ${name}.checksums`),
        ...checkLines(`/usr/bin/${name}`, true),
        command('cd ..'),
      ],
    },
  ];
}

export interface BashBuild {
  name: string;
  pass: number;
  /** How often the package was made before: part of its file's name. */
  revision: number;
  /** The machine downloads what it builds from. */
  downloads: boolean;
}

/** A build by helpers.sh, with the lines of each phase; configuring takes two tenths, compiling five. */
export function bashBuild({ name, pass, revision, downloads }: BashBuild): TimedLines[] {
  const file = `${name}.tar.gz`;
  return [
    {
      tenths: 0,
      lines: [`${name}: beginning build using script pass${pass}.sh`, `${name}: getting sources.`],
    },
    { tenths: 1, lines: [...(downloads ? downloadLines(file) : []), `${file}: OK`, `/steps/${name}/build`] },
    { tenths: 0, lines: [`${name}: unpacking source.`, `${name}: preparing source.`, ...patchLines(name)] },
    { tenths: 0, lines: [`${name}: configuring source.`, ...configureLines()] },
    { tenths: 2, lines: [`${name}: compiling source.`, ...compileLines(name)] },
    { tenths: 5, lines: [`${name}: install to fakeroot.`, 'mkdir -p /tmp/destdir/usr/bin'] },
    { tenths: 1, lines: [`${name}: postprocess binaries.`, `${name}: creating package.`] },
    { tenths: 0, lines: [`${name}: checksumming created package.`, `${name}_${revision}.tar.bz2: OK`] },
    { tenths: 0, lines: [`${name}: cleaning up.`, `${name}: installing package.`] },
    { tenths: 1, lines: [`${name}: build successful`] },
  ];
}

/** From repo-preseeded. */
export function prebuiltLines(name: string, revision: number): string[] {
  return [
    `${name}: checksumming created package.`,
    `${name}_${revision}.tar.bz2: OK`,
    `${name}: installing prebuilt package.`,
  ];
}

/** curl's meter rewrites its line with a lone CR. */
export function downloadLines(file: string): string[] {
  return [
    `http://10.0.2.2:8080/${file}`,
    '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current',
    '                                 Dload  Upload   Total   Spent    Left  Speed',
    '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r100  1234  100  1234    0     0  60000      0 --:--:-- --:--:-- --:--:-- 61700',
  ];
}

function patchLines(name: string): string[] {
  return [`Applying patch: /steps/${name}/patches/fix.patch`, 'patching file src/main.c'];
}

export function configureLines(): string[] {
  return [
    'checking for a BSD-compatible install... /usr/bin/install -c',
    'checking for strerror in -lcposix... no',
    'checking whether gcc reports Error 1 ... no',
    'configure: creating ./config.status',
  ];
}

export function compileLines(name: string): string[] {
  return [
    `make[1]: Entering directory '/steps/${name}/build/${name}'`,
    'gcc -DHAVE_CONFIG_H -I. -O2 -Wno-error -c -o error.o error.c',
    "main.c:12: warning: unused variable `failed'",
    'test.sh: OK',
    `make[1]: Leaving directory '/steps/${name}/build/${name}'`,
  ];
}

export const FIWIX_INITRD = [
  command('kaem --file /steps/jump/fiwix.sh'),
  ' +> set -ex',
  command('make_fiwix_initrd -s 1381376 /boot/fiwix.ext2'),
  'Starting /boot/fiwix.ext2 at addr 0x5a000000',
  'Created filesystem with parameters:',
  'copy_file: /usr/bin/kaem',
  'copy_file: /steps/1.sh',
  'Fiwix ext2 initrd created successfully.',
];
export const KEXEC_FIWIX = [
  command('kexec-fiwix /boot/fiwix -i /boot/fiwix.ext2 -m /e820 -c "fiwix console=/dev/ttyS0"'),
  'kexec-fiwix: starting kernel /boot/fiwix...',
  'Preparing trampoline...',
  'kexec-fiwix: jumping to trampoline...',
];

export const FIWIX_BOOT = [
  '                       Fiwix kernel v1.5.0-lb1 for i386 architecture',
  '             (GCC 0.9.27, built on Thu Jan 1 00:00:00 UTC 1970)',
  '',
  'DEVICE    ADDRESS         IRQ   COMMENT',
  'memory: total=3144696KB, user=390000KB, kernel=3000KB, reserved=0KB',
  'mounted root device (ext2 filesystem) in readwrite mode.',
];
export const FIWIX_STOPS = [
  'WARNING: the last user process has exited. The kernel will stop itself.',
  'kexec_linux: Invalid kernel signature',
  '',
  '**    Safe to Power Off    **',
  '**            -or-         **',
  '** Press Any Key to Reboot **',
];

export const LINUX_HANDOVER = [
  'kexec_linux: kernel file size: 10500000',
  'kexec_linux: Valid kernel signature',
  'kexec_linux: jumping to linux_trampoline() ...',
];
export const LINUX_BOOT = [
  '[    0.000000] Linux version 4.14.341-openela_1 (root@live-bootstrap) (gcc version 4.0.4) #1 SMP @0',
  '[    0.000000] Command line: init=/init console=ttyS0',
  '[    1.210000] Freeing unused kernel memory: 1000K',
];

export function panicLines(seconds: string): string[] {
  return [
    `[ ${seconds}] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100`,
    `[ ${seconds}] CPU: 0 PID: 1 Comm: bash Not tainted 4.14.341-openela_1 #1`,
    `[ ${seconds}] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100`,
  ];
}

export const MOVE_DISK = [
  '1+0 records in',
  '1+0 records out',
  'Creating partition table...',
  'Checking that no-one is using this disk right now ...',
  'Successfully wrote the new partition table',
  'Disk /dev/sda: 17.1 GB, 17179869184 bytes',
  'Creating ext4 partition...',
  'mke2fs 1.45.7 (28-Jan-2021)',
  'Writing superblocks and filesystem accounting information: done',
];

/** What the directives that are no builds print under bash; most say nothing. */
export function silentLines(directive: string, argument: string): string[] {
  if (directive === 'uninstall') {
    return argument
      .split(' ')
      .map((name) => (name.startsWith('/') ? `removing file: ${name}.` : `${name}: uninstalling.`));
  }
  switch (argument) {
    case 'swap':
      return ['Making swap...', '512+0 records in', 'Setting up swapspace version 1, size = 536866 kB'];
    case 'get_network':
      return [
        'dhcpcd-10.0.1 starting',
        'eth0: leased 10.0.2.15 for 86400 seconds',
        'forked to background, child pid 321',
      ];
    case 'make_bootable':
      return ['Installing for i386-pc platform.', 'Installation finished. No error reported.'];
    case 'move_disk':
      return MOVE_DISK;
    case 'after':
      return [
        '[20776.000000] sysrq: SysRq : Emergency Remount R/O',
        '[20776.100000] sysrq: SysRq : Power Off',
        '[20776.200000] reboot: Power down',
      ];
    default:
      return [];
  }
}
