// The contract's part for reading images back.
import { implement } from '@orpc/server';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { type DiskChoice, imageReadingContract } from '../../shared/contract/image-reading.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageExtractReport, ImageVerifyReport } from '../../shared/model/image-reading.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import { diskPathFor } from '../image/image-files.ts';
import type { ImageStore } from '../image/image-store.ts';
import { diffImages } from '../image-reading/diff-images.ts';
import { extractContents } from '../image-reading/extract-contents.ts';
import { listContents } from '../image-reading/list-contents.ts';
import { createMaps } from '../image-reading/maps.ts';
import { scriptFor } from '../image-reading/script-for.ts';
import { distfilesIn, verifyImage, type VerifyRequest } from '../image-reading/verify-image.ts';
import type { Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import { NO_RESULT } from './distfiles-router.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface ImageReadingNeeds {
  places: Places;
  jobs: Jobs;
  images: ImageStore;
  distfiles: Distfiles;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

const SHOWN_REGIONS = 500;
const SHOWN_CELLS = 1024;
const SHOWN_NAMES = 1000;

export function createImageReadingRouter({
  places,
  jobs,
  images,
  distfiles,
  checkoutPath,
}: ImageReadingNeeds) {
  const os = implement(imageReadingContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const maps = createMaps();
  const verifyReports = createReports<ImageVerifyReport>();
  const extractReports = createReports<ImageExtractReport>();

  async function diskPath(choice: DiskChoice): Promise<string> {
    if ('place' in choice) return places.resolve(choice.place);
    const { path, record } = await images.get(choice.id);
    const role = record.disks.find((disk) => disk.role === (choice.disk ?? record.disks[0].role))?.role;
    if (role === undefined) throw new SeedbedError('NOT_FOUND', { path: `${path} (${choice.disk ?? ''})` });
    return diskPathFor(path, role, record.disks[0].role);
  }

  function resolveIf(token: string | null | undefined): string | null {
    return token === null || token === undefined ? null : places.resolve(token);
  }

  return os.router({
    map: os.map.handler(async ({ input, signal }) => {
      const checkout =
        input.checkout === null || input.checkout === undefined ? null : await checkoutPath(input.checkout);
      const window = {
        from: input.from ?? 0,
        limit: input.limit ?? SHOWN_REGIONS,
        search: input.search ?? '',
        within: input.within ?? null,
        cells: input.cells ?? SHOWN_CELLS,
      };
      return maps.page(await diskPath(input.image), checkout, window, signal);
    }),
    bytes: os.bytes.handler(async ({ input, signal }) =>
      maps.bytes(await diskPath(input.image), input, signal),
    ),
    list: os.list.handler(async ({ input, signal }) =>
      listContents(
        {
          diskPath: await diskPath(input.image),
          path: input.path,
          from: input.from ?? 0,
          limit: input.limit ?? SHOWN_NAMES,
        },
        signal,
      ),
    ),
    extract: os.extract.handler(async ({ input }) => {
      const request = {
        diskPath: await diskPath(input.image),
        paths: input.paths,
        folder: places.resolve(input.to),
      };
      const job = jobs.start('image.extract', `Copying files to ${request.folder}`, async (context) => {
        extractReports.set(job.id, await extractContents(request, context));
        return { ...NO_RESULT, path: request.folder };
      });
      return { jobId: job.id };
    }),
    extractReport: os.extractReport.handler(({ input }) => extractReports.get(input.job)),
    verify: os.verify.handler(async ({ input }) => {
      const { checkout, distfiles: from } = input;
      const request: VerifyRequest = {
        path: await diskPath(input.image),
        checkoutPath: checkout === null ? null : await checkoutPath(checkout),
        findDistfile:
          from === null
            ? null
            : 'store' in from
              ? (_name, sha256) => distfiles.resolve(sha256)
              : distfilesIn(places.resolve(from.place)),
        given: { repoPath: resolveIf(input.repo), preseedPath: resolveIf(input.preseed) },
      };
      const job = jobs.start('image.verify', `Verifying ${request.path}`, async (context) => {
        verifyReports.set(job.id, await verifyImage(request, context));
        return { ...NO_RESULT, path: request.path };
      });
      return { jobId: job.id };
    }),
    verifyReport: os.verifyReport.handler(({ input }) => verifyReports.get(input.job)),
    diff: os.diff.handler(async ({ input, signal }) =>
      diffImages(await diskPath(input.a), await diskPath(input.b), signal === undefined ? {} : { signal }),
    ),
    script: os.script.handler(async ({ input }) => scriptFor(await diskPath(input.image))),
  });
}
