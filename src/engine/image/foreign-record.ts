// A record for an image that has none beside it, such as upstream's init.img: everything that its bytes tell.
import { SeedbedError } from '../../shared/errors.ts';
import { DISK_FILES, IMAGE_RECORD_VERSION, type ImageRecord } from '../../shared/model/image.ts';
import { BOOTSTRAP_COMMANDS } from '../formats/bootstrap-commands.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { DISTFILES_PATH } from './find-distfiles.ts';
import { imageDigestOf } from './input-digest.ts';
import type { ExaminedImage } from './inspect.ts';

/** Throws IMAGE_UNREADABLE for a stream that is neither live-bootstrap's nor the boot check's. */
export function foreignRecord({ inspection, stream, isBootCheck }: ExaminedImage): ImageRecord {
  const { path, sizeBytes, dataBytes, sha256, inputDigest, regions, budgets } = inspection;
  if (stream.entries === null || inputDigest === null)
    throw new SeedbedError('IMAGE_UNREADABLE', {
      path,
      reason: 'it holds more files than builder-hex0 can take',
    });
  if (!isBootCheck && stream.commands.join('\n') !== BOOTSTRAP_COMMANDS.join('\n'))
    throw new SeedbedError('IMAGE_UNREADABLE', {
      path,
      reason: 'its stream does not end in live-bootstrap’s commands',
    });
  const distfiles = stream.entries.filter(({ path: at }) => at.startsWith(`${DISTFILES_PATH}/`));
  const goal = distfiles.length > 0 ? 'end' : 'stage0';
  return {
    version: IMAGE_RECORD_VERSION,
    kind: isBootCheck ? 'boot-check' : 'kernel-bootstrap',
    goal: isBootCheck ? 'boot-check' : goal,
    inputDigest: imageDigestOf([{ role: 'boot', inputDigest }]),
    disks: [
      {
        role: 'boot',
        file: DISK_FILES.boot,
        inputDigest,
        sha256,
        sizeBytes,
        dataBytes,
        regions,
        partition: null,
        budgets,
        entries: {
          directories: stream.directories,
          files: stream.files,
          payloadBytes: stream.payloadBytes,
          streamBytes: stream.endBytes - inspection.streamLba * SECTOR_SIZE,
        },
      },
    ],
    checkout: null,
    configuration: null,
    bootstrapCfg: null,
    overlays: [],
    distfiles: distfiles.map(({ path: at, sha256: hash, sizeBytes: size }) => ({
      name: at.slice(DISTFILES_PATH.length + 1),
      sha256: hash,
      sizeBytes: size,
      on: ['boot' as const],
    })),
    expectedBootCheck: isBootCheck
      ? stream.entries.map(({ path: at, sizeBytes: size, crc32 }) => ({
          path: at,
          sizeBytes: size,
          crc32: crc32 ?? '',
        }))
      : [],
    warnings: inspection.warnings,
  };
}
