// The contract's handlers: tokens become paths, long work becomes jobs, and the features do the rest.
import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/contract.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { RunSpec } from '../../shared/contract/run.ts';
import type { Goal } from '../../shared/model/console.ts';
import { examine } from '../doctor.ts';
import type { Engine } from '../engine.ts';
import type { JobContext } from '../jobs.ts';
import { explainLog } from '../run/explain.ts';
import { watchNotices } from '../run/run-notices.ts';
import type { StartableImage, StartRequest } from '../run/runs.ts';
import { checkoutFolder } from './checkout-choice.ts';
import { createAuditRouter } from './audit-router.ts';
import { createBareMetalRouter } from './bare-metal-router.ts';
import { createBootstrapRouter } from './bootstrap-router.ts';
import { createChainRouter } from './chain-router.ts';
import { createBlobsRouter } from './blobs-router.ts';
import { createCheckoutRouter } from './checkout-router.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { createDistfilesRouter } from './distfiles-router.ts';
import { createFlashRouter } from './flash-router.ts';
import { createDrivesRouter } from './drives-router.ts';
import { createImageReadingRouter } from './image-reading-router.ts';
import { guarded } from './guard.ts';
import { createMachineRouter } from './machine-router.ts';
import { createImageRouter } from './image-router.ts';
import { foldSpec } from './image-spec.ts';
import { createMirrorRouter } from './mirror-router.ts';
import { createResultsRouter } from './results-router.ts';
import { createSerialRouter } from './serial-router.ts';
import { createSandboxRouter } from './sandbox-router.ts';
import { createSbomRouter } from './sbom-router.ts';
import { createEvidenceRouter } from './evidence-router.ts';
import { createSettingsRouter } from './settings-router.ts';
import { createTrustRouter } from './trust-router.ts';

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createRouter(engine: Engine) {
  const os = implement(contract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const { places, jobs, images, runs } = engine;
  const needs = {
    ...engine,
    checkoutPath: (choice: CheckoutChoice) => checkoutFolder(choice, engine),
  };

  async function imageOf(
    wanted: RunSpec['image'],
    context: JobContext,
  ): Promise<{ image: StartableImage; id: string | null }> {
    if ('build' in wanted) {
      const image = await images.buildIntoStore(await foldSpec(wanted.build, needs), context);
      return { image, id: image.id };
    }
    if ('id' in wanted) return { image: await images.get(wanted.id), id: wanted.id };
    const path = places.resolve(wanted.place);
    return { image: await images.fromFile(path, context), id: null };
  }

  async function requestOf(
    { image: wanted, kernel, goalStep, ...options }: RunSpec,
    context: JobContext,
  ): Promise<{ request: StartRequest; id: string | null }> {
    const kernelPath = kernel === undefined ? undefined : places.resolve(kernel);
    const { image, id } = await imageOf(wanted, context);
    const goal: Goal = goalStep === undefined ? goalOf(image) : `step:${goalStep}`;
    return { request: { ...options, kernelPath, image, goal }, id };
  }

  return os.router({
    host: {
      info: os.host.info.handler(() => engine.info),
      doctor: os.host.doctor.handler(({ signal }) =>
        examine({ folder: engine.folder, images, env: process.env, signal }),
      ),
    },
    place: {
      roots: os.place.roots.handler(() => places.roots()),
      // A page whose host has a dialog of its own has no business in folders that nobody chose.
      list: os.place.list.handler(({ input }) => {
        if (engine.info.nativeDialog)
          throw new SeedbedError('INPUT_INVALID', { reason: 'this host asks with a file dialog of its own' });
        return places.list(input.place);
      }),
      show: os.place.show.handler(({ input }) => places.mint(places.resolve(input.place))),
      choose: os.place.choose.handler(({ input }) => engine.choosePlace(input.kind)),
    },
    job: {
      list: os.job.list.handler(() => jobs.list()),
      watch: os.job.watch.handler(({ input, signal }) => Promise.resolve(jobs.watch(input.job, signal))),
      watchAll: os.job.watchAll.handler(({ signal }) => Promise.resolve(jobs.watchAll(signal))),
      cancel: os.job.cancel.handler(({ input }) => jobs.cancel(input.job)),
    },
    image: createImageRouter(needs),
    run: {
      ...createMachineRouter(engine),
      preview: os.run.preview.handler(async ({ input, signal = new AbortController().signal }) => {
        const context = { signal, report: () => undefined };
        return runs.preview((await requestOf(input, context)).request, context);
      }),
      start: os.run.start.handler(({ input }) => {
        const job = jobs.start('run.start', 'Starting a run', async (context) => {
          const { request, id } = await requestOf(input, context);
          const record = await runs.start(request, context);
          return { imageId: id, runId: record.id, path: null };
        });
        return { jobId: job.id };
      }),
      list: os.run.list.handler(() => runs.list()),
      watchList: os.run.watchList.handler(({ signal }) => Promise.resolve(runs.watchList(signal))),
      notices: os.run.notices.handler(({ input, signal }) =>
        Promise.resolve(
          watchNotices(runs, {
            signal,
            ...(input.since === undefined ? {} : { since: new Date(input.since) }),
          }),
        ),
      ),
      show: os.run.show.handler(async ({ input }) => runs.show(await runs.resolveId(input.run))),
      timeline: os.run.timeline.handler(async ({ input }) => runs.timeline(await runs.resolveId(input.run))),
      events: os.run.events.handler(async ({ input }) => runs.events(await runs.resolveId(input.run))),
      watch: os.run.watch.handler(async ({ input, signal }) =>
        runs.watch(await runs.resolveId(input.run), signal),
      ),
      readLog: os.run.readLog.handler(async ({ input }) =>
        runs.readLog(await runs.resolveId(input.run), input.fromBytes, input.limitBytes),
      ),
      searchLog: os.run.searchLog.handler(async ({ input }) =>
        runs.searchLog(await runs.resolveId(input.run), input.words, input.fromBytes, input.direction),
      ),
      stop: os.run.stop.handler(async ({ input }) => runs.stop(await runs.resolveId(input.run))),
      remove: os.run.remove.handler(async ({ input }) => {
        await runs.remove(await runs.resolveId(input.run));
        return {};
      }),
      explain: os.run.explain.handler(({ input, signal }) =>
        explainLog(places.resolve(input.log), { signal }),
      ),
    },
    imageReading: createImageReadingRouter(needs),
    results: createResultsRouter(needs),
    sandbox: createSandboxRouter(needs),
    bareMetal: createBareMetalRouter(engine),
    bootstrap: createBootstrapRouter(needs),
    checkout: createCheckoutRouter(needs),
    distfiles: createDistfilesRouter(needs),
    drives: createDrivesRouter(engine),
    flash: createFlashRouter(engine),
    mirror: createMirrorRouter(needs),
    serial: createSerialRouter(engine),
    audit: createAuditRouter(needs),
    chain: createChainRouter(needs),
    sbom: createSbomRouter(needs),
    evidence: createEvidenceRouter(needs),
    blobs: createBlobsRouter(needs),
    settings: createSettingsRouter(engine),
    trust: createTrustRouter(engine),
  });
}

function goalOf(image: StartableImage): Goal {
  return image.record.goal;
}
