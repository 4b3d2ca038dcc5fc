// Results of runs that have ended: account, files, another boot, comparison, archive.
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import { RunArchive, RunBoot, RunComparison, RunExtractReport, RunResults } from '../model/results.ts';
import { procedure } from './errors.ts';
import { ImageTarget } from './image.ts';

const runId = z.strictObject({ run: z.string().max(80) });
const started = z.strictObject({ jobId: z.string() });
const ofJob = z.strictObject({ job: z.string() });

export const resultsContract = {
  /** As they were collected; null when nobody has, and then `collect` does. Errors: RUN_NOT_FOUND. */
  read: procedure.input(runId).output(RunResults.nullable()),
  /** Job `run.results`: read the run's disks and its log, hash and account. Errors also: RUN_STILL_RUNNING, CONTENT_UNREADABLE. */
  collect: procedure.input(runId).output(started),
  /** Job `run.extract`: files and folders of the run's root into a folder; without paths packages, kernel, checksums. Errors also: RESULTS_NOT_ON_DISK, FILE_EXISTS. */
  extract: procedure
    .input(runId.extend({ to: PlaceToken, paths: z.array(z.string().max(4096)).max(1000) }))
    .output(started),
  extractReport: procedure.input(ofJob).output(RunExtractReport.nullable()),
  /** How to start the finished system in QEMU with its own kernel; nothing that it writes is kept. Errors also: RESULTS_NO_KERNEL. */
  boot: procedure
    .input(runId.extend({ memoryMiB: z.int().min(256).max(1_048_576), cores: z.int().min(1).max(256) }))
    .output(RunBoot),
  /** By output hash and by time a step; collects what was not collected yet. */
  compare: procedure
    .input(z.strictObject({ a: z.string().max(80), b: z.string().max(80) }))
    .output(RunComparison),
  /** Job `run.export`: record, events, log and results as one .tar.gz; no disks. */
  export: procedure.input(runId.extend({ out: ImageTarget })).output(started),
  exportReport: procedure.input(ofJob).output(RunArchive.nullable()),
};
