// Drives of this computer: what is there, who uses it, and what the rules say. Nothing here writes to one.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { DriveListing, ListedDrive } from '../model/drive.ts';
import { procedure } from './errors.ts';

/** An id of the list, a kernel name (`sdb`) or a path (`/dev/sdb`): always the whole of it. */
const ofDrive = z.strictObject({ drive: z.string().min(1).max(400) });

export const drivesContract = {
  /** Every drive, those that are refused too; fails only where this platform has no reader (DRIVES_UNSUPPORTED). */
  list: procedure.input(z.strictObject({})).output(DriveListing),
  /** The list now, and again whenever something was plugged in or out, mounted or unmounted. */
  watch: procedure.input(z.strictObject({})).output(eventIterator(DriveListing)),
  /** Errors: DRIVE_NOT_FOUND. */
  show: procedure.input(ofDrive).output(ListedDrive),
  /** Put a drive on the list of those that are never written, or take it off. Errors also: DRIVE_NAMELESS. */
  protect: procedure.input(ofDrive.extend({ protected: z.boolean() })).output(ListedDrive),
};
