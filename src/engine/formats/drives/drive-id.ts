// Names of drives that stay: by WWN, else by model and serial number, else (loop devices, nameless sticks) by what the kernel counts.
// Cheap sticks share serial numbers, and the slots of a card reader share one: what is not the only one of its name gets its number, too.
import type { BlockNode } from './machine-facts.ts';

/** One id for each, in the same order; all different. */
export function identifyDrives(drives: readonly BlockNode[]): string[] {
  const names = drives.map(nameDrive);
  const ids = names.map((name, index) => {
    const drive = drives[index];
    const isOnly = names.indexOf(name) === names.lastIndexOf(name);
    return isOnly || drive === undefined ? name : `${name}--${kernelId(drive)}`;
  });
  return ids;
}

function nameDrive(drive: BlockNode): string {
  if (drive.isLoop) return kernelId(drive);
  if (drive.wwn !== null) return word(`wwn-${drive.wwn}`);
  if (drive.serial !== null)
    return word([drive.vendor, drive.model, drive.serial].filter((part) => part !== null).join('_'));
  return kernelId(drive);
}

function kernelId({ name, diskseq }: BlockNode): string {
  return word(diskseq === null ? name : `${name}-${diskseq}`);
}

/** Letters, digits, `.`, `_` and `-`: what is neither turned by a shell nor by a person's eyes. */
function word(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 150);
}
