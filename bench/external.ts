// External disk, hashing included, against `mke2fs -d` of the same files.
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settle } from './image.ts';
import { makeDistfiles } from './make-distfiles.ts';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

/** What issue 4 asks for; live-bootstrap 984b8322 has 310 distfiles. */
const TOTAL_BYTES = 1_200_000_000;
const DISTFILES = 310;
/** rootfs.py makes every external disk of this size. */
const DISK_BYTES = 16 * 1024 ** 3;
const ROUNDS = 5;
const TARGET_RATIO = 0.6;
const TARGET_PEAK_BYTES = 150_000_000;

interface MadeDisk {
  milliseconds: number;
  peakBytes: number;
  storedBytes: number;
}

export async function benchExternal(folder: string): Promise<Row[]> {
  const names = Array.from({ length: DISTFILES }, (_, index) => `distfile-${index}.tar.gz`);
  const tree = join(folder, 'external');
  const distfiles = join(tree, 'distfiles');
  const made = makeDistfiles(distfiles, names, TOTAL_BYTES);
  const list = join(folder, 'list.json');
  writeFileSync(
    list,
    JSON.stringify(
      made.map(({ name, sha256 }) => ({ name, sha256, sizeBytes: statSync(join(distfiles, name)).size })),
    ),
  );
  const image = join(folder, 'external.img');
  const [ours = [], theirs = []] = await alternate(ROUNDS, [
    () =>
      timeDisk(image, process.execPath, [
        join(import.meta.dirname, 'external-child.js'),
        distfiles,
        list,
        image,
        String(DISK_BYTES),
      ]),
    // As lib/utils.py does it, but for the partition table. mke2fs, too, waits until everything is on the disk.
    () =>
      timeDisk(image, 'sh', [
        '-c',
        'truncate -s "$2" "$3" && PATH="$PATH:/usr/sbin:/sbin" exec mke2fs -q -F -t ext3 -E offset=1048576 -d "$1" "$3"',
        'sh',
        tree,
        String(DISK_BYTES),
        image,
      ]),
  ]);
  const [our, their] = [median(ours.map(time)), median(theirs.map(time))];
  const [stored, theirStored] = [ours, theirs].map((disks) =>
    Math.max(...disks.map(({ storedBytes }) => storedBytes)),
  );
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes));
  return [
    {
      what: `external disk, ${DISTFILES} distfiles of ${TOTAL_BYTES / 1e9} GB, hashing and fsync included`,
      target: `≤ ${TARGET_RATIO}×`,
      measured: formatSeconds(our),
      peer: `${formatSeconds(their)} (mke2fs -d)`,
      ratio: formatRatio(our, their),
      met: our / their <= TARGET_RATIO,
    },
    {
      what: 'the least of each',
      target: '',
      measured: formatSeconds(Math.min(...ours.map(time))),
      peer: `${formatSeconds(Math.min(...theirs.map(time)))} (mke2fs -d)`,
      ratio: formatRatio(Math.min(...ours.map(time)), Math.min(...theirs.map(time))),
      met: null,
    },
    {
      what: 'peak memory of that process',
      target: `≤ ${TARGET_PEAK_BYTES / 1e6} MB`,
      measured: `${(peak / 1e6).toFixed(0)} MB`,
      peer: '',
      ratio: '',
      met: peak <= TARGET_PEAK_BYTES,
    },
    {
      what: 'what the image takes on the disk',
      target: '≤ 1×',
      measured: `${((stored ?? 0) / 1e6).toFixed(0)} MB`,
      peer: `${((theirStored ?? 0) / 1e6).toFixed(0)} MB (mke2fs -d)`,
      ratio: formatRatio(stored ?? 0, theirStored ?? 0),
      met: (stored ?? 0) <= (theirStored ?? 0),
    },
  ];
}

const time = ({ milliseconds }: MadeDisk): number => milliseconds;

/** A whole process that makes `image`. */
async function timeDisk(image: string, program: string, args: string[]): Promise<MadeDisk> {
  await settle();
  const { milliseconds, stdout } = await timeProgram(program, args);
  const storedBytes = statSync(image).blocks * 512;
  rmSync(image);
  return { milliseconds, peakBytes: Number(stdout), storedBytes };
}
