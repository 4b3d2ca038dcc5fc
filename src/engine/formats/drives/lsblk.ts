// The output of `lsblk --json --bytes`, of any version: flags as booleans or "0"/"1", sizes as numbers or text, one mount point or many.
// Source of truth: util-linux misc-utils/lsblk.c (columns); its news for 2.33 (booleans) and 2.37 (MOUNTPOINTS).
import { z } from 'zod';

/** Columns of util-linux 2.30 and newer. */
export const LSBLK_COLUMNS =
  'NAME,KNAME,PKNAME,MAJ:MIN,TYPE,SIZE,RO,RM,HOTPLUG,ROTA,TRAN,VENDOR,MODEL,SERIAL,WWN,FSTYPE,LABEL,UUID,PARTLABEL,LOG-SEC,PHY-SEC,MOUNTPOINT';
/** Not known to every version: asked for first, and left out when lsblk refuses them. */
export const LSBLK_NEWER_COLUMNS = `${LSBLK_COLUMNS},PTTYPE,PARTTYPENAME,MOUNTPOINTS`;

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? null : String(value)));
const flag = z
  .union([z.boolean(), z.string(), z.number()])
  .nullish()
  .transform((value) => value === true || value === '1' || value === 1);
const count = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => {
    const number = Number(value ?? 0);
    return Number.isSafeInteger(number) && number > 0 ? number : 0;
  });

const Row = z.object({
  name: z.string(),
  kname: text,
  pkname: text,
  'maj:min': text,
  type: text,
  size: count,
  ro: flag,
  rm: flag,
  hotplug: flag,
  rota: flag,
  tran: text,
  vendor: text,
  model: text,
  serial: text,
  wwn: text,
  fstype: text,
  label: text,
  uuid: text,
  pttype: text,
  parttypename: text,
  partlabel: text,
  'log-sec': count,
  'phy-sec': count,
  mountpoint: text,
  mountpoints: z.array(z.string().nullable()).nullish(),
  children: z.array(z.unknown()).nullish(),
});
const Output = z.object({ blockdevices: z.array(z.unknown()) });

export interface LsblkRow extends Omit<z.infer<typeof Row>, 'mountpoint' | 'mountpoints' | 'children'> {
  kernelName: string;
  /** Kernel names of all rows that it hangs under: a RAID or multipath device is printed under each of its members. */
  parents: string[];
  /** With `[SWAP]` for swap space. */
  mountPoints: string[];
}

/** Deeper than any stack that was ever seen; a tree that goes on is no tree. */
const DEEPEST = 32;

/** Rows by kernel name, whether printed as a tree or as a list. Throws an Error for anything that is not lsblk's JSON. */
export function parseLsblk(json: string): Map<string, LsblkRow> {
  const rows = new Map<string, LsblkRow>();
  const { blockdevices } = Output.parse(JSON.parse(json));
  for (const device of blockdevices) addRow(rows, device, null, 0);
  return rows;
}

function addRow(rows: Map<string, LsblkRow>, value: unknown, parent: string | null, depth: number): void {
  if (depth > DEEPEST) throw new Error('lsblk printed a tree that does not end');
  const { mountpoint, mountpoints, children, ...row } = Row.parse(value);
  const kernelName = row.kname ?? row.name;
  const known = rows.get(kernelName);
  const parents = new Set(known?.parents);
  for (const name of [parent, row.pkname]) if (name !== null && name !== kernelName) parents.add(name);
  const points = [...(mountpoints ?? []), mountpoint].flatMap((point) =>
    point === null || point === '' ? [] : [point],
  );
  const mountPoints = [...new Set([...(known?.mountPoints ?? []), ...points])];
  rows.set(kernelName, { ...row, kernelName, parents: [...parents], mountPoints });
  for (const child of children ?? []) addRow(rows, child, kernelName, depth + 1);
}

interface BlkidRow {
  fstype: string | null;
  label: string | null;
  uuid: string | null;
  pttype: string | null;
}

/** Blocks of KEY=value lines, one block a device, from `blkid -o export` (blkid(8)); values have a backslash before odd characters. */
export function parseBlkid(text: string): Map<string, BlkidRow> {
  const rows = new Map<string, BlkidRow>();
  for (const block of text.split(/\n\s*\n/)) {
    const values = new Map(
      [...block.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, key = '', value = '']) => [
        key,
        value.replace(/\\(.)/g, '$1'),
      ]),
    );
    const name = values.get('DEVNAME')?.replace('/dev/', '');
    const at = (key: string): string | null => values.get(key) ?? null;
    if (name !== undefined)
      rows.set(name, { fstype: at('TYPE'), label: at('LABEL'), uuid: at('UUID'), pttype: at('PTTYPE') });
  }
  return rows;
}

/** What lsblk could not tell, from blkid. */
export function withBlkid(
  rows: Map<string, LsblkRow>,
  known: ReadonlyMap<string, BlkidRow>,
): Map<string, LsblkRow> {
  for (const [name, row] of rows) {
    const more = known.get(name);
    if (more === undefined) continue;
    const { fstype, label, uuid, pttype } = row;
    rows.set(name, {
      ...row,
      fstype: fstype ?? more.fstype,
      label: label ?? more.label,
      uuid: uuid ?? more.uuid,
      pttype: pttype ?? more.pttype,
    });
  }
  return rows;
}
