// The kernel's tables of mounts and swap space, and the list of what is mounted at boot.
// Source of truth: Linux Documentation/filesystems/proc.rst 3.5 (mountinfo), mm/swapfile.c swap_show(), fstab(5).
export interface MountRow {
  /** `8:1`; an anonymous number (`0:45`) for btrfs, overlay, tmpfs and others. */
  majorMinor: string;
  mountPoint: string;
  fsType: string;
  /** A device path, a ZFS data set, `a:b` for bcachefs, or any word. */
  source: string;
  superOptions: string;
}

/** Lines of /proc/<pid>/mountinfo. Lines that are none are left out. */
export function parseMountinfo(text: string): MountRow[] {
  const rows: MountRow[] = [];
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const [, , majorMinor, , mountPoint] = words;
    if (dash < 0 || majorMinor === undefined || mountPoint === undefined) continue;
    const [fsType = '', source = '', superOptions = ''] = words.slice(dash + 1);
    rows.push({
      majorMinor,
      mountPoint: unescapeOctal(mountPoint),
      fsType,
      source: unescapeOctal(source),
      superOptions: unescapeOctal(superOptions),
    });
  }
  return rows;
}

/** Devices and files (with their whole paths) that are swapped to, from /proc/swaps. */
export function parseSwaps(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => /^(\S+)\s+\S/.exec(line)?.[1])
    .filter((path) => path !== undefined)
    .map((path) => unescapeOctal(path).replace(/ ?\(deleted\)$/, ''));
}

/** Where something is mounted at boot without anybody asking: fstab(5) without `noauto`, `user` and `users`. */
export function parseFstabMountPoints(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, point = '', , options = '']) => {
      const words = options.split(',');
      return point.startsWith('/') && !['noauto', 'user', 'users'].some((word) => words.includes(word));
    })
    .map(([, point = '']) => unescapeOctal(point).replace(/(?<=.)\/+$/, ''));
}

/** `\040` and the like: how the kernel writes space, tab, newline, backslash and `#`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** The path is the folder or lies in it, by whole parts: /mnt/ab is not within /mnt/a. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
