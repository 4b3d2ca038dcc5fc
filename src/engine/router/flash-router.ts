// The contract's part for writing drives.
import { implement } from '@orpc/server';
import { flashContract } from '../../shared/contract/flash.ts';
import type { FlashSummary, FlashVerification } from '../../shared/model/flash.ts';
import type { DiskRole, Image } from '../../shared/model/image.ts';
import { summaryOf } from '../flash/flash-records.ts';
import type { CompareRequest, Flash } from '../flash/flash.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { JobContext, Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface FlashRouterNeeds {
  places: Places;
  jobs: Jobs;
  images: ImageStore;
  flash: Flash;
}

type ImageChoice = { id: string } | { place: string };
type FoundImage = { image: Pick<Image, 'path' | 'record'>; imageId: string | null; label: string };

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createFlashRouter({ places, jobs, images, flash }: FlashRouterNeeds) {
  const os = implement(flashContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const written = createReports<FlashSummary[]>();
  const verified = createReports<FlashVerification>();
  const quiet = { signal: new AbortController().signal, report: (): void => undefined };

  async function imageOf(choice: ImageChoice, context: JobContext): Promise<FoundImage> {
    if ('id' in choice) return { image: await images.get(choice.id), imageId: choice.id, label: choice.id };
    const path = places.resolve(choice.place);
    return { image: await images.fromFile(path, context), imageId: null, label: path };
  }

  async function comparisonOf(
    { drive, against }: { drive: string; against: AgainstChoice },
    context: JobContext,
  ): Promise<CompareRequest> {
    if ('record' in against) return { drive, against };
    if ('recordFile' in against)
      return { drive, against: { recordPath: places.resolve(against.recordFile) } };
    const { image, label } = await imageOf(against.image, context);
    return { drive, against: { image, label, role: against.role } };
  }

  return os.router({
    plan: os.plan.handler(async ({ input: { image, drives, role }, signal = quiet.signal }) => {
      const context = { ...quiet, signal };
      return flash.plan({ ...(await imageOf(image, context)), drives, role }, context);
    }),
    confirm: os.confirm.handler(({ input: { plan, typed, code } }) =>
      flash.confirm({ plan, typed, code: code ?? null }),
    ),
    start: os.start.handler(({ input: { token, ...options } }) => {
      const work = flash.redeem(token);
      const found = new Map<string, FlashSummary>();
      const job = jobs.start('flash.write', `Writing ${work.label}`, async (context) => {
        const records = await work.run(options, context, (record) => {
          found.set(record.id, summaryOf(record));
          written.set(job.id, [...found.values()]);
        });
        const last = records.at(-1);
        return {
          imageId: work.imageId,
          runId: null,
          path: last === undefined ? null : flash.recordPath(last.id),
        };
      });
      return { jobId: job.id };
    }),
    report: os.report.handler(({ input }) => written.get(input.job) ?? []),
    verify: os.verify.handler(({ input }) => {
      const job = jobs.start('flash.verify', `Comparing ${input.drive}`, async (context) => {
        verified.set(job.id, await flash.compare(await comparisonOf(input, context), context));
        return { imageId: null, runId: null, path: null };
      });
      return { jobId: job.id };
    }),
    verification: os.verification.handler(({ input }) => verified.get(input.job)),
    records: os.records.handler(() => flash.records()),
    record: os.record.handler(({ input }) => flash.record(input.id)),
  });
}

type AgainstChoice =
  { image: ImageChoice; role?: DiskRole | undefined } | { record: string } | { recordFile: string };
