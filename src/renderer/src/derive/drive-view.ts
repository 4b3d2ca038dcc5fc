// Drives in words: what a card's head says, and which drives a list begins with.
import type { Drive, DriveFinding, DriveUse, ListedDrive } from '../../../shared/model/drive.ts';
import type { Tone } from './run-view.ts';

export function driveName({ vendor, model, isLoop, backingFile, path }: Drive): string {
  if (isLoop) return backingFile?.split('/').at(-1) ?? path;
  const words = [vendor, model].filter((part) => part !== null);
  return words.length === 0 ? 'A drive without a name' : words.join(' ');
}

export function driveState({ confirmation, findings }: ListedDrive): { word: string; tone: Tone } {
  if (confirmation === null) {
    const isSystem = findings.some(({ code }) => code === 'system');
    return { word: isSystem ? 'System drive' : 'Not written', tone: 'quiet' };
  }
  return confirmation.kind === 'plain'
    ? { word: 'May be written', tone: 'good' }
    : { word: 'May be written, with care', tone: 'warn' };
}

/** Warnings, then notes; of a refused drive only why, since nothing of the rest will happen. The same sentence once. */
export function orderFindings(all: readonly DriveFinding[]): DriveFinding[] {
  const rank = { refuse: 0, warn: 1, note: 2 };
  const refusals = all.filter(({ level }) => level === 'refuse');
  const findings = refusals.length > 0 ? refusals : all;
  return findings
    .filter((one, index) => findings.findIndex((other) => other.why === one.why) === index)
    .sort((a, b) => rank[a.level] - rank[b.level]);
}

/** Uses that the findings do not tell already. */
export function otherUses({ uses }: Drive, findings: readonly DriveFinding[]): DriveUse[] {
  return uses.filter(({ why }, index) => {
    const isFirst = uses.findIndex((other) => other.why === why) === index;
    return isFirst && !findings.some((finding) => finding.why === why);
  });
}

export interface DriveGroups {
  /** May be written, the likeliest first. */
  free: ListedDrive[];
  /** Refused, but there: the person may look for them. */
  refused: ListedDrive[];
  /** Loop devices in use and empty slots of readers: folded. */
  rest: ListedDrive[];
}

export function groupDrives(drives: readonly ListedDrive[]): DriveGroups {
  const free = drives.filter(({ confirmation }) => confirmation !== null);
  const others = drives.filter(({ confirmation }) => confirmation === null);
  const isRest = ({ drive }: ListedDrive): boolean => drive.isLoop || drive.sizeBytes === 0;
  return {
    free: free.toSorted((a, b) => Number(a.drive.isLoop) - Number(b.drive.isLoop) || scoreOf(b) - scoreOf(a)),
    refused: others.filter((listed) => !isRest(listed)),
    rest: others.filter(isRest),
  };
}

function scoreOf({ drive }: ListedDrive): number {
  return drive.kind.score;
}
