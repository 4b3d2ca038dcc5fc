// The script that derives an image again, from its record or, where it has none, from what its bytes tell.
import { basename } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { readImageRecord } from '../image/image-record.ts';
import { recordPathFor } from '../image/image-files.ts';
import { formatScript } from './export-script.ts';

/** `path`: an image with its record beside it, or the record itself. Throws INPUT_INVALID for an image that no script derives. */
export async function scriptFor(path: string): Promise<{ name: string; text: string }> {
  const recordPath = path.endsWith('.json') ? path : recordPathFor(path);
  const record = await readImageRecord(recordPath);
  const disk = record.disks.find(({ role }) => role === 'boot');
  const { bootstrapCfg, goal, checkout, overlays } = record;
  if (
    record.kind !== 'kernel-bootstrap' ||
    disk === undefined ||
    bootstrapCfg === null ||
    goal === 'boot-check'
  )
    throw new SeedbedError('INPUT_INVALID', {
      reason: 'only boot images of live-bootstrap have such a script',
    });
  const { sha256, dataBytes } = disk;
  const commit = checkout?.commit ?? null;
  const names = overlays.map((overlay) => overlay.name);
  return {
    name: `${basename(recordPath, '.json')}.sh`,
    text: formatScript({ sha256, dataBytes, commit, bootstrapCfg, goal, overlays: names }),
  };
}
