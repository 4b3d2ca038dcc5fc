// Which devices a mount lies on. The kernel's own number first; where that is anonymous (btrfs, overlay, FUSE, ZFS) the source, the
// options, the other members of the same file system, and the folders that an overlay is made of.
// Sources: Linux Documentation/filesystems/{overlayfs,proc}.rst, fs/btrfs/super.c (anonymous numbers), xfs(5) logdev and rtdev, zpool(8).
import type { LinuxSnapshot } from './linux-snapshot.ts';
import { isWithin, type MountRow, parseMountinfo } from './linux-tables.ts';
import type { BlockNode, MountedAt } from './machine-facts.ts';

export interface LinuxMount extends MountedAt {
  row: MountRow;
  of: LinuxSnapshot['mountinfo'][number]['of'];
  pid: number;
}

export interface DeviceNames {
  byName: ReadonlyMap<string, BlockNode>;
  byNumber: ReadonlyMap<string, BlockNode>;
  /** A node by any path below /dev. */
  byPath(path: string): BlockNode | null;
}

export function nameDevices(nodes: readonly BlockNode[], snapshot: LinuxSnapshot): DeviceNames {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const byNumber = new Map(
    nodes.flatMap((node) => (node.majorMinor === null ? [] : [[node.majorMinor, node] as const])),
  );
  const byDmName = new Map(
    snapshot.blocks.flatMap(({ dmName, name }) => (dmName === null ? [] : [[dmName, name] as const])),
  );
  function byPath(path: string): BlockNode | null {
    const alias = snapshot.aliases[path];
    if (alias !== undefined) return byName.get(alias) ?? null;
    if (path === '/dev/root') return byNumber.get(snapshot.rootMajorMinor ?? '') ?? null;
    const mapped = /^\/dev\/mapper\/(.+)$/.exec(path)?.[1];
    if (mapped !== undefined) return byName.get(byDmName.get(mapped) ?? '') ?? null;
    const [, by, word = ''] = /^\/dev\/disk\/by-(uuid|label)\/(.+)$/.exec(path) ?? [];
    if (by !== undefined)
      return nodes.find((node) => (by === 'uuid' ? node.uuid : node.label) === word) ?? null;
    const name = path.startsWith('/dev/') ? path.slice('/dev/'.length) : '';
    // A logical volume's own path: /dev/group/volume is group-volume to the mapper, with every - doubled.
    const volume = name
      .split('/')
      .map((word) => word.replaceAll('-', '--'))
      .join('-');
    return byName.get(name.replaceAll('/', '!')) ?? byName.get(byDmName.get(volume) ?? '') ?? null;
  }
  return { byName, byNumber, byPath };
}

/** Every mount of every namespace that was read, with the nodes below it. */
export function readMounts(snapshot: LinuxSnapshot, names: DeviceNames): LinuxMount[] {
  return snapshot.mountinfo.flatMap(({ of, pid, text }) => {
    const mounts: LinuxMount[] = [];
    for (const row of parseMountinfo(text)) {
      const direct = directNodes(row, names);
      const nodes = direct.length > 0 ? direct : overlaidNodes(row, mounts);
      mounts.push({ row, of, pid, mountPoint: row.mountPoint, nodes: withMembers(row, nodes, names) });
    }
    return mounts;
  });
}

function directNodes({ majorMinor, source, superOptions, fsType }: MountRow, names: DeviceNames): string[] {
  const numbered = names.byNumber.get(majorMinor);
  const paths = [
    ...source.split(':'),
    ...superOptions.split(',').map((option) => option.slice(option.indexOf('=') + 1)),
  ].filter((path) => path.startsWith('/dev/'));
  const found = [numbered, ...paths.map((path) => names.byPath(path))].flatMap((node) => node ?? []);
  if (fsType === 'zfs') {
    const pool = source.split('/')[0];
    for (const node of names.byName.values())
      if (node.fsType === 'zfs_member' && (node.label === pool || node.label === null)) found.push(node);
  }
  return [...new Set(found.map((node) => node.name))];
}

/** The nodes below the folders of an overlay, which were mounted before it. */
function overlaidNodes({ fsType, superOptions }: MountRow, before: readonly LinuxMount[]): string[] {
  if (!['overlay', 'aufs', 'unionfs', 'fuse.mergerfs'].includes(fsType)) return [];
  const folders = superOptions
    .split(/[,:]/)
    .map((part) => part.slice(part.indexOf('=') + 1))
    .filter((part) => part.startsWith('/'));
  return [...new Set(folders.flatMap((folder) => nodesUnder(before, folder)))];
}

/** A file system over several devices is mounted by one of them: the others have the same UUID. */
function withMembers({ fsType }: MountRow, nodes: string[], names: DeviceNames): string[] {
  if (fsType !== 'btrfs' && fsType !== 'bcachefs') return nodes;
  const uuids = new Set(nodes.flatMap((name) => names.byName.get(name)?.uuid ?? []));
  const members = [...names.byName.values()].filter((node) => node.uuid !== null && uuids.has(node.uuid));
  return [...new Set([...nodes, ...members.map(({ name }) => name)])];
}

/** The nodes of the file system that a path lies on: of the deepest mount, and of several there the last. */
export function nodesUnder(mounts: readonly MountedAt[], path: string): string[] {
  let best: MountedAt | null = null;
  for (const mount of mounts)
    if (
      isWithin(path, mount.mountPoint) &&
      (best === null || mount.mountPoint.length >= best.mountPoint.length)
    )
      best = mount;
  return best?.nodes ?? [];
}
