// Opens the image with the rights of the person who asked, so that an elevated helper reads nothing for them that they may not read themselves.
import { spawnSync } from 'node:child_process';
import { constants, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { HelperError, osCodeOf } from './failure.ts';
import type { ImageSource } from './target.ts';

/** Who asked, as pkexec(1) and sudo(8) say it; null when nobody was elevated. */
export function callerOf(env: NodeJS.ProcessEnv, uid: number | undefined): number | null {
  if (uid !== 0) return null;
  const text = env['PKEXEC_UID'] ?? env['SUDO_UID'];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** Throws HelperError image-unreadable, image-changed when it has another size. */
export function openImage(path: string, imageBytes: number, caller: number | null): ImageSource {
  const fd = asCaller(caller, () => {
    try {
      return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw new HelperError('image-unreadable', `${path} cannot be read (${osCodeOf(error) ?? 'unknown'})`);
    }
  });
  const found = fstatSync(fd);
  if (!found.isFile()) throw new HelperError('image-unreadable', `${path} is no file`);
  if (found.size !== imageBytes)
    throw new HelperError('image-changed', `${path} has ${found.size} bytes, not ${imageBytes}`);
  const readAsync = promisify(read);
  return { read: async (bytes, at) => (await readAsync(fd, bytes, 0, bytes.length, at)).bytesRead };
}

const ID = '/usr/bin/id';

function asCaller<T>(caller: number | null, work: () => T): T {
  const { seteuid, setegid, setgroups, getgroups } = process;
  if (caller === null || caller === 0) return work();
  if (seteuid === undefined || setegid === undefined || setgroups === undefined || getgroups === undefined)
    throw new HelperError('image-unreadable', 'this system has no users to become');
  const { stdout, status } = spawnSync(ID, ['-G', '--', String(caller)], { env: {}, encoding: 'utf8' });
  const groups = stdout.trim().split(' ').map(Number);
  const [group] = groups;
  if (status !== 0 || group === undefined || groups.some((one) => !Number.isSafeInteger(one)))
    throw new HelperError('image-unreadable', `the groups of user ${caller} are not known`);
  const own = getgroups();
  setgroups(groups);
  setegid(group);
  seteuid(caller);
  try {
    return work();
  } finally {
    seteuid(0);
    setegid(0);
    setgroups(own);
  }
}
