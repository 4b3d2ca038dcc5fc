// Writing drives: plan, the host's own confirmation, the writing, and comparing a drive at any later time.
import { z } from 'zod';
import {
  FlashConfirmation,
  FlashPlan,
  FlashRecord,
  FlashSummary,
  FlashVerification,
} from '../model/flash.ts';
import { PlaceToken } from '../model/host.ts';
import { DiskRole } from '../model/image.ts';
import { procedure } from './errors.ts';

const ImageChoice = z.union([
  z.strictObject({ id: z.string().max(80) }),
  z.strictObject({ place: PlaceToken }),
]);

/** By id, kernel name or path, always whole. */
const DriveName = z.string().min(1).max(200);
const RecordId = z.string().regex(/^[0-9a-z-]{1,40}$/);

export const flashContract = {
  /**
   * Read the image, compare it with its record, look at the drives. Nothing is written. Errors: FLASH_REFUSED, FLASH_TARGETS, FLASH_IMAGE_DIFFERS,
   * DRIVE_NOT_FOUND.
   */
  plan: procedure
    .input(
      z.strictObject({
        image: ImageChoice,
        /** The drive of the disk that the machine starts from first. */
        drives: z.array(DriveName).min(1).max(2),
        /** With one drive and an image of two disks: which one. */
        role: DiskRole.optional(),
      }),
    )
    .output(FlashPlan),
  /** The host asks. `typed`: what the person typed in the page, a word a target; `code`: what the host printed elsewhere. */
  confirm: procedure
    .input(
      z.strictObject({
        plan: z.string().max(80),
        typed: z.array(z.string().max(200)).max(2),
        code: z.string().max(40).optional(),
      }),
    )
    .output(FlashConfirmation),
  /** A token works once. The job ends when everything was read back and is equal. */
  start: procedure
    .input(z.strictObject({ token: z.string().max(80), eject: z.boolean(), resume: z.boolean() }))
    .output(z.strictObject({ jobId: z.string() })),
  /** What the job wrote, a record a drive, as far as it came. */
  report: procedure.input(z.strictObject({ job: z.string() })).output(z.array(FlashSummary)),
  /** Compare a drive with an image, or with what a record says was written. */
  verify: procedure
    .input(
      z.strictObject({
        drive: DriveName,
        against: z.union([
          z.strictObject({ image: ImageChoice, role: DiskRole.optional() }),
          z.strictObject({ record: RecordId }),
          z.strictObject({ recordFile: PlaceToken }),
        ]),
      }),
    )
    .output(z.strictObject({ jobId: z.string() })),
  verification: procedure.input(z.strictObject({ job: z.string() })).output(FlashVerification.nullable()),
  /** Newest first. */
  records: procedure.input(z.strictObject({})).output(z.array(FlashSummary)),
  record: procedure.input(z.strictObject({ id: RecordId })).output(FlashRecord),
};
