// The contract's part for images.
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { imageContract } from '../../shared/contract/image.ts';
import { openCheckout, readPreNetworkDistfiles } from '../checkout/open-checkout.ts';
import type { DataFolder } from '../data-folder.ts';
import { IMAGE_PRESETS } from '../formats/bootstrap-presets.ts';
import { checkConfiguration } from '../formats/bootstrap-rules.ts';
import { buildImage, type BuildRequest, recordPathFor } from '../image/build.ts';
import { BUILT_IN_OVERLAYS } from '../image/built-in-overlays.ts';
import type { ImageStore } from '../image/image-store.ts';
import { readImageRecord } from '../image/image-record.ts';
import { inspectImage } from '../image/inspect.ts';
import { preflightImage } from '../image/preflight.ts';
import type { Jobs } from '../jobs.ts';
import { guarded } from './guard.ts';
import { foldSpec, type SpecNeeds } from './image-spec.ts';

export interface ImageRouterNeeds extends SpecNeeds {
  folder: DataFolder;
  jobs: Jobs;
  images: ImageStore;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createImageRouter(needs: ImageRouterNeeds) {
  const os = implement(imageContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const { places, jobs, images, folder } = needs;
  return os.router({
    checkout: os.checkout.handler(async ({ input, signal }) => {
      const checkout = await openCheckout(places.resolve(input.checkout), { signal });
      const distfiles = await readPreNetworkDistfiles(checkout);
      return { facts: checkout.facts, findings: checkout.findings, preNetworkDistfiles: distfiles.length };
    }),
    presets: os.presets.handler(() => [...IMAGE_PRESETS]),
    overlays: os.overlays.handler(() => Object.values(BUILT_IN_OVERLAYS)),
    check: os.check.handler(({ input: { goal, configuration, overlays } }) =>
      checkConfiguration(configuration, { goal, overlays }),
    ),
    preflight: os.preflight.handler(async ({ input: { spec, out, memoryMiB }, signal }) =>
      preflightImage(await foldSpec(spec, needs), {
        signal,
        memoryMiB,
        folder: out === undefined ? folder.images : places.resolve(out.folder),
      }),
    ),
    build: os.build.handler(async ({ input }) => {
      const request = await foldSpec(input.spec, needs);
      const job = jobs.start('image.build', imageLabel(request), async (context) => {
        if (input.out !== undefined) {
          const path = join(places.resolve(input.out.folder), input.out.name);
          await buildImage(request, path, recordPathFor(path), { ...context, replace: input.out.replace });
          return { imageId: null, runId: null, path };
        }
        const image = await images.buildIntoStore(request, context);
        return { imageId: image.id, runId: null, path: image.path };
      });
      return { jobId: job.id };
    }),
    list: os.list.handler(() => images.list()),
    record: os.record.handler(async ({ input }) => {
      if ('id' in input.image) {
        const { path, record } = await images.get(input.image.id);
        return { path, record };
      }
      const path = places.resolve(input.image.place);
      return { path, record: await readImageRecord(recordPathFor(path)) };
    }),
    inspect: os.inspect.handler(async ({ input, signal }) => {
      const path =
        'id' in input.image ? (await images.get(input.image.id)).path : places.resolve(input.image.place);
      return inspectImage(path, { signal });
    }),
    remove: os.remove.handler(async ({ input }) => {
      await images.remove(input.id);
      return {};
    }),
    watch: os.watch.handler(({ signal }) => Promise.resolve(images.watch(signal))),
  });
}

function imageLabel(request: BuildRequest): string {
  if (request.kind === 'boot-check') return 'Building the boot check';
  return request.goal === 'stage0' ? 'Building a stage0 image' : 'Building a boot image';
}
