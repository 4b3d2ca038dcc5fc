// One external disk in a process of its own, which says what memory it took at most. Arguments: folder with distfiles, their list as JSON, image, its size.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { planExternalDisk } from '../src/engine/image/plan-external.ts';
import { writeImageData } from '../src/engine/image/write-image.ts';

const [folder = '', list = '', image = '', sizeBytes = ''] = process.argv.slice(2);
const distfiles = JSON.parse(readFileSync(list, 'utf8')) as {
  name: string;
  sha256: string;
  sizeBytes: number;
}[];
const disk = planExternalDisk({
  sizeBytes: Number(sizeBytes),
  entries: [
    { kind: 'folder', path: 'distfiles' },
    ...distfiles.map(({ name, ...facts }) => ({
      kind: 'file' as const,
      path: `distfiles/${name}`,
      executable: false,
      ...facts,
      content: { kind: 'file' as const, path: join(folder, name), distfile: name, ...facts },
    })),
  ],
});
const file = await open(image, 'wx');
await file.truncate(disk.sizeBytes);
await writeImageData(file, image, disk, {});
await file.close();
// getrusage(2): kibibytes.
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
