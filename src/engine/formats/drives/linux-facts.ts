// A Linux computer's drives as facts: nodes, what stands on what, and every use that the kernel's tables tell.
// "System" is computed here from mounts, swap space and the root folder; no flag of a device has a say in it.
import { pathText, deviceText } from './device-text.ts';
import { type DeviceNames, type LinuxMount, nameDevices, nodesUnder, readMounts } from './linux-mounts.ts';
import { readLinuxNodes } from './linux-nodes.ts';
import type { LinuxSnapshot } from './linux-snapshot.ts';
import { isWithin, parseFstabMountPoints, parseSwaps } from './linux-tables.ts';
import { type LsblkRow, parseBlkid, parseLsblk, withBlkid } from './lsblk.ts';
import type { BlockNode, MachineFacts, NodeUse } from './machine-facts.ts';
import { tellMount, weighMount } from './mount-weight.ts';

/** Root file systems that lie on no drive of this computer (filesystems(5)). */
const DRIVELESS_ROOT = /^(?:tmpfs|ramfs|rootfs|nfs4?|cifs|smb3|9p|virtiofs|ceph|squashfs|erofs)$/;

export function readLinuxFacts(snapshot: LinuxSnapshot): MachineFacts {
  const problems = [...snapshot.problems];
  const rows = readRows(snapshot, problems);
  const nodes = readLinuxNodes(snapshot.blocks, rows);
  const names = nameDevices(nodes, snapshot);
  const mounts = readMounts(snapshot, names);
  const own = mounts.filter(({ of }) => of === 'self');
  standLoopsOnFiles(snapshot, own, names);
  const uses = [
    ...mountUses(mounts, rows, parseFstabMountPoints(snapshot.fstab), names),
    ...swapUses(snapshot, rows, own, names),
    ...rootUses(snapshot, mounts, names),
    ...poolUses(snapshot, nodes),
  ];
  uses.push(...processUses(snapshot, own, uses, names));
  if (!knowsRoot(own, uses))
    problems.push('It cannot be told which drive this computer runs from: nothing is known to lie below /.');
  return {
    nodes,
    uses: distinct(uses),
    mounts: own.map(({ mountPoint, nodes }) => ({ mountPoint, nodes })),
    problems,
  };
}

function readRows({ lsblk, blkid }: LinuxSnapshot, problems: string[]): Map<string, LsblkRow> {
  if (lsblk === null) return new Map();
  try {
    return withBlkid(parseLsblk(lsblk), parseBlkid(blkid));
  } catch {
    problems.push('The output of lsblk could not be read.');
    return new Map();
  }
}

/** A loop device stands on the drive that holds its file. */
function standLoopsOnFiles(
  { blocks }: LinuxSnapshot,
  mounts: readonly LinuxMount[],
  names: DeviceNames,
): void {
  for (const { name, backingFile, backingMajorMinor } of blocks) {
    const node = names.byName.get(name);
    if (node?.isLoop !== true || backingFile === null) continue;
    const below = names.byNumber.get(backingMajorMinor ?? '')?.name;
    const under = backingFile.startsWith('/dev/') ? [] : nodesUnder(mounts, backingFile);
    const device = names.byPath(backingFile)?.name;
    const lower = [...under, below, device].filter((found) => found !== undefined);
    node.on = [...new Set([...node.on, ...lower])].filter((found) => found !== name);
  }
}

function mountUses(
  mounts: readonly LinuxMount[],
  rows: ReadonlyMap<string, LsblkRow>,
  atBoot: readonly string[],
  names: DeviceNames,
): NodeUse[] {
  const own = new Set(mounts.filter(({ of }) => of === 'self').flatMap(placesOf));
  const seen = mounts.flatMap(({ of, pid, mountPoint, nodes }) =>
    nodes.map((node) => {
      const here = of === 'self' || own.has(placeOf(node, mountPoint));
      return here || of === 'init'
        ? mountUse(node, mountPoint, atBoot, names)
        : elsewhereUse(node, mountPoint, pid, names);
    }),
  );
  const told = [...rows.values()].flatMap(({ kernelName, mountPoints }) =>
    mountPoints
      .filter((point) => point.startsWith('/'))
      .map((point) => mountUse(kernelName, point, atBoot, names)),
  );
  return [...seen, ...told];
}

function placesOf({ nodes, mountPoint }: LinuxMount): string[] {
  return nodes.map((node) => placeOf(node, mountPoint));
}

function placeOf(node: string, mountPoint: string): string {
  return `${node} ${mountPoint}`;
}

function mountUse(node: string, mountPoint: string, atBoot: readonly string[], names: DeviceNames): NodeUse {
  const weight = weighMount(mountPoint, atBoot);
  const shown = pathText(mountPoint);
  const why = tellMount(pathOf(node, names), shown, weight, atBoot.includes(mountPoint));
  return { node, kind: 'mount', weight, mountPoint: shown, why };
}

/** A mount that this process does not see, such as a container's: nobody here could unmount it. */
function elsewhereUse(node: string, mountPoint: string, pid: number, names: DeviceNames): NodeUse {
  const shown = pathText(mountPoint);
  const why = `${pathOf(node, names)} is mounted at ${shown} for process ${pid}, in a mount namespace of its own.`;
  return { node, kind: 'mount', weight: 'busy', mountPoint: shown, why };
}

function swapUses(
  { swaps }: LinuxSnapshot,
  rows: ReadonlyMap<string, LsblkRow>,
  mounts: readonly LinuxMount[],
  names: DeviceNames,
): NodeUse[] {
  const use = (node: string, what: string): NodeUse => ({
    node,
    kind: 'swap',
    weight: 'system',
    mountPoint: null,
    why: `This computer swaps to ${what}.`,
  });
  const fromTable = parseSwaps(swaps).flatMap((path) => {
    const device = names.byPath(path);
    if (device !== null) return [use(device.name, device.path)];
    return nodesUnder(mounts, path).map((node) => use(node, `the file ${pathText(path)}`));
  });
  const told = [...rows.values()]
    .filter(({ mountPoints }) => mountPoints.includes('[SWAP]'))
    .map(({ kernelName }) => use(kernelName, pathOf(kernelName, names)));
  return [...fromTable, ...told];
}

/** What `/` of this process lies on, by the kernel's own number: true in a chroot too, where no line of mountinfo says so. */
function rootUses(
  { rootMajorMinor }: LinuxSnapshot,
  mounts: readonly LinuxMount[],
  names: DeviceNames,
): NodeUse[] {
  const direct = names.byNumber.get(rootMajorMinor ?? '')?.name;
  const through = mounts.find(({ row }) => row.majorMinor === rootMajorMinor)?.nodes ?? [];
  return [...new Set([direct, ...through])]
    .filter((node) => node !== undefined)
    .map((node) => ({
      node,
      kind: 'mount',
      weight: 'system',
      mountPoint: '/',
      why: `This program runs from it: its root folder lies on ${pathOf(node, names)}.`,
    }));
}

/** Pools that are imported hold their devices, whether anything of them is mounted or not. */
function poolUses({ zpools }: LinuxSnapshot, nodes: readonly BlockNode[]): NodeUse[] {
  return nodes
    .filter(({ fsType, label }) => fsType === 'zfs_member' && (label === null || zpools.includes(label)))
    .filter(() => zpools.length > 0)
    .map(({ name, path, label }) => ({
      node: name,
      kind: 'zfs',
      weight: 'busy',
      mountPoint: null,
      why: `${path} belongs to the ZFS pool ${label ?? zpools.join(' or ')}, which is imported.`,
    }));
}

function processUses(
  { processes }: LinuxSnapshot,
  mounts: readonly LinuxMount[],
  uses: readonly NodeUse[],
  names: DeviceNames,
): NodeUse[] {
  const systemNodes = new Set(uses.filter(({ weight }) => weight === 'system').map(({ node }) => node));
  return processes.flatMap(({ pid, program, what, majorMinor, path }) => {
    const who = `${deviceText(program) ?? 'a program'} (process ${pid})`;
    const device = names.byNumber.get(majorMinor ?? '');
    const under = path === null ? [] : nodesUnder(mounts, path);
    const found = what === 'device' ? (device === undefined ? [] : [device.name]) : under;
    return found
      .filter((node) => what === 'device' || !systemNodes.has(node))
      .map((node): NodeUse => {
        const why = {
          device: `${who} has ${pathOf(node, names)} open.`,
          file: `${who} has ${pathText(path ?? '')} open.`,
          root: `${who} has its root folder on it, at ${pathText(path ?? '')}.`,
        }[what];
        return { node, kind: 'open', weight: 'busy', mountPoint: null, why };
      });
  });
}

function knowsRoot(mounts: readonly LinuxMount[], uses: readonly NodeUse[]): boolean {
  if (uses.some(({ mountPoint, weight }) => mountPoint === '/' && weight === 'system')) return true;
  const root = mounts.filter(({ mountPoint }) => isWithin('/', mountPoint)).at(-1);
  return root !== undefined && DRIVELESS_ROOT.test(root.row.fsType);
}

function pathOf(name: string, names: DeviceNames): string {
  return names.byName.get(name)?.path ?? `/dev/${name}`;
}

function distinct(uses: readonly NodeUse[]): NodeUse[] {
  const seen = new Map<string, NodeUse>();
  for (const use of uses) {
    const key = [use.node, use.kind, use.mountPoint, use.kind === 'mount' ? use.weight : use.why].join('\n');
    if (!seen.has(key)) seen.set(key, use);
  }
  return [...seen.values()];
}
