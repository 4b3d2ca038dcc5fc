// A small Linux under QEMU: Debian's kernel for clouds and busybox, both fetched with apt-get, and an init that a test writes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What the guest needs for its disk; ext4, which mounts ext3 too, and the serial console are in the kernel. */
const MODULES = ['virtio_pci', 'virtio_blk'];
const KERNEL = 'linux-image-cloud-amd64';

export interface LinuxGuest {
  /** Run the shell lines with the image as /dev/vda; what they printed. The machine ends by itself, or after `timeoutMs`. */
  run(lines: string, image: string, timeoutMs: number): string;
}

/** A reason why there can be none, or the guest. Nothing of the system's apt is changed. */
export function fetchLinuxGuest(folder: string): LinuxGuest | string {
  for (const program of ['apt-get', 'apt-cache', 'dpkg-deb', 'qemu-system-x86_64'])
    if (spawnSync(program, ['--version']).status !== 0) return `${program} is not there`;
  const { stdout } = spawnSync('apt-cache', ['depends', KERNEL], { encoding: 'utf8' });
  const kernel = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (kernel === undefined) return `apt knows no package ${KERNEL}`;
  const fetched = spawnSync('apt-get', ['-qq', 'download', kernel, 'busybox-static'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (fetched.status !== 0) return `apt-get download failed: ${fetched.stderr}`;
  const root = join(folder, 'packages');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.deb')))
    spawnSync('dpkg-deb', ['-x', join(folder, name), root]);
  const find = (name: string): string => {
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find(
      (path) => basename(path) === name,
    );
    if (found === undefined) throw new Error(`there is no ${name} in ${kernel}`);
    return join(root, found);
  };
  const modules = inOrder(MODULES, (name) => readFileSync(find(`${name}.ko`)));
  const files = [
    { name: 'bin', mode: 0o40755, bytes: Buffer.alloc(0) },
    ...['dev', 'proc', 'mnt', 'm'].map((name) => ({ name, mode: 0o40755, bytes: Buffer.alloc(0) })),
    { name: 'bin/busybox', mode: 0o100755, bytes: readFileSync(find('busybox')) },
    ...[...modules].map(([name, bytes]) => ({ name: `m/${name}.ko`, mode: 0o100644, bytes })),
  ];
  const vmlinuz = find(kernel.replace('linux-image', 'vmlinuz'));
  let runs = 0;
  return {
    run(lines, image, timeoutMs) {
      runs += 1;
      const place = join(folder, `run-${runs}`);
      mkdirSync(place);
      const init = [
        '#!/bin/busybox sh',
        '/bin/busybox --install -s /bin',
        'export PATH=/bin',
        'mount -t devtmpfs dev /dev; mount -t proc proc /proc',
        ...[...modules.keys()].map((name) => `insmod /m/${name}.ko`),
        lines,
        'poweroff -f',
        '',
      ].join('\n');
      const initramfs = join(place, 'initramfs');
      writeFileSync(
        initramfs,
        encodeCpio([...files, { name: 'init', mode: 0o100755, bytes: Buffer.from(init) }]),
      );
      const done = spawnSync(
        'qemu-system-x86_64',
        [
          ...[
            '-accel',
            'tcg',
            '-m',
            '1024',
            '-display',
            'none',
            '-nic',
            'none',
            '-no-reboot',
            '-serial',
            'stdio',
          ],
          ...['-kernel', vmlinuz, '-initrd', initramfs, '-append', 'console=ttyS0 quiet panic=-1'],
          ...['-drive', `file=${image},format=raw,if=virtio,cache=unsafe`],
        ],
        { encoding: 'utf8', timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      );
      return done.stdout.replaceAll('\r', '');
    },
  };
}

/** Modules by name, each after those that it names in its own `depends=`. */
function inOrder(names: readonly string[], read: (name: string) => Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const bytes = read(name);
    const needs = /\0depends=([^\0]*)\0/.exec(bytes.toString('latin1'))?.[1] ?? '';
    for (const other of needs.split(',').filter((one) => one !== '')) add(other);
    found.set(name, bytes);
  };
  for (const name of names) add(name);
  return found;
}

/** An archive as the kernel unpacks it: Linux, Documentation/driver-api/early-userspace/buffer-format.rst ("newc"). */
function encodeCpio(files: readonly { name: string; mode: number; bytes: Buffer }[]): Buffer {
  const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const parts = [...files, { name: 'TRAILER!!!', mode: 0, bytes: Buffer.alloc(0) }].flatMap(
    ({ name, mode, bytes }, index) => {
      // inode, mode, uid, gid, links, time, size, device numbers (4), length of the name with its NUL, checksum
      const fields = [index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length + 1, 0];
      const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
      return [pad(Buffer.from(head, 'latin1')), pad(bytes)];
    },
  );
  return Buffer.concat(parts);
}
