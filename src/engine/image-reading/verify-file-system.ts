// Accounts for every byte of a disk with a file system: an external disk, or the root disk for a supplied kernel.
import type { ImageRecord } from '../../shared/model/image.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { RangeThreads } from '../bytes/range-threads.ts';
import type { JobContext } from '../jobs.ts';
import { openDisk } from './disk-layout.ts';
import { type DiskExpectation, expectDisk } from './expect-disk.ts';
import { recordWarnings } from './recorded-inputs.ts';
import { verifyDisk } from './verify-disk.ts';
import type { VerifyDraft } from './verify-ledger.ts';
import { plain } from './verify-ledger.ts';

type FileSystemRequest = Omit<DiskExpectation, 'record'>;

/** A disk with a file system: ours byte by byte; of one that another program made nothing follows from the sources but its files. */
export async function verifyFileSystem(
  source: OpenSource,
  { checkoutPath, findDistfile, given }: FileSystemRequest,
  record: ImageRecord | null,
  threads: RangeThreads,
  context: Partial<JobContext>,
): Promise<VerifyDraft> {
  context.report?.({ step: 'compare', label: 'Reading the disk', done: 0, total: null, unit: 'bytes' });
  const expectation = { checkoutPath, record, findDistfile, given };
  const { facts, plan, missing } = await expectDisk(source, expectation, context);
  const verdict =
    plan === null
      ? describeMissing(source, missing)
      : await verifyDisk(source, plan, threads, given.repoPath);
  const uuid = plan?.partition?.uuid ?? null;
  const isForeign = verdict.problems.length > 0 && uuid !== null && !(await hasUuid(source, uuid));
  const warnings = isForeign
    ? [
        'This file system has another UUID than Seedbed gives to these files: another program made it, or other files are in it. image list and image extract show what is there.',
      ]
    : [];
  return {
    ...verdict,
    order: null,
    checkout: facts,
    // Its steps/bootstrap.cfg is a choice.
    configuration: record?.kind === 'kernel' ? { from: 'record', text: record.bootstrapCfg ?? '' } : null,
    warnings: [...warnings, ...recordWarnings(record)],
  };
}

function describeMissing(
  source: OpenSource,
  missing: readonly string[],
): Pick<VerifyDraft, 'problems' | 'account'> {
  const [first = ''] = missing;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const region = plain('gap', 'the whole disk', 0, source.sizeBytes);
  const what =
    missing.length > 0
      ? `${first}${others} should be on this disk and are not.`
      : 'The record beside the image does not say how it was made.';
  const place = { offsetBytes: 0, exact: false, found: null, expected: null, origin: null };
  return { problems: [{ ...place, region, what }], account: [] };
}

async function hasUuid(source: OpenSource, uuid: string): Promise<boolean> {
  const layout = await openDisk(source).catch(() => null);
  return layout?.parts.some(({ reader }) => reader?.superBlock.uuid === uuid) ?? false;
}
