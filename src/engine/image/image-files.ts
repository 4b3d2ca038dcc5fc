// Where the files of an image are: by their own names in a folder of theirs, as in the data folder; or beside a file that the user named.
import { basename, dirname, join } from 'node:path';
import { DISK_FILES, type DiskRole } from '../../shared/model/image.ts';

const RECORD_FILE = 'image.json';

/** A disk that lies beside the first one: `external.img` in a folder of an image, else FILE.external.img. */
export function diskPathFor(firstPath: string, role: DiskRole, firstRole: DiskRole): string {
  if (role === firstRole) return firstPath;
  const isOwnFolder = basename(firstPath) === DISK_FILES[firstRole];
  return isOwnFolder ? join(dirname(firstPath), DISK_FILES[role]) : `${firstPath}.${DISK_FILES[role]}`;
}

/** The record beside a disk: image.json, or FILE.image.json where the first disk is FILE. */
export function recordPathFor(diskPath: string): string {
  const [name, folder] = [basename(diskPath), dirname(diskPath)];
  for (const own of Object.values(DISK_FILES)) {
    if (name === own) return join(folder, RECORD_FILE);
    if (own !== DISK_FILES.boot && name.endsWith(`.${own}`))
      return join(folder, `${name.slice(0, -own.length)}${RECORD_FILE}`);
  }
  return join(folder, `${name}.${RECORD_FILE}`);
}
