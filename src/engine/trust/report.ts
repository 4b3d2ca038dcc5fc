// Gathers what is recorded and what can be measured now, and makes the trust report of it (formats/trust). Runs no check that takes long: what was not run is said to be.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { ImageRecord } from '../../shared/model/image.ts';
import type { Paper } from '../../shared/model/paper.ts';
import type { RunResults } from '../../shared/model/results.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import type { CheckoutView } from '../../shared/model/checkout.ts';
import type { Checkouts } from '../checkout/checkouts.ts';
import type { DataFolder } from '../data-folder.ts';
import type { OtherRun, TrustFacts } from '../formats/trust/facts.ts';
import { readMachineWords } from '../formats/trust/machine-words.ts';
import { composeTrustReport, subjectOf } from '../formats/trust/report.ts';
import { formatVerifyScript } from '../formats/trust/verify-script.ts';
import type { Results } from '../results/results.ts';
import { quoteWord } from '../run/posix-script.ts';
import { isLive, type RunFolder, runFolderAt } from '../run/run-folder.ts';
import type { Runs } from '../run/runs.ts';
import { readPortState } from '../serial-run/port-state.ts';
import { auditFacts } from './audit-facts.ts';
import { distfileEvidence } from './distfile-evidence.ts';
import { appFacts, hashFile, hostFacts, measureFile, measureFirmware } from './measure-host.ts';

export interface TrustReport {
  paper: Paper;
  /** verify.sh: checks the report's hashes without Seedbed. */
  script: string;
}

export interface TrustReports {
  /** Throws RUN_NOT_FOUND, RUN_STILL_RUNNING. */
  ofRun(run: string): Promise<TrustReport>;
  ofImage(image: { id?: string; record: ImageRecord }): Promise<TrustReport>;
}

export interface TrustReportNeeds {
  folder: DataFolder;
  runs: Pick<Runs, 'list' | 'show' | 'events'>;
  results: Pick<Results, 'read'>;
  checkouts: Pick<Checkouts, 'list'>;
  env: NodeJS.ProcessEnv;
}

export function openTrustReports(needs: TrustReportNeeds): TrustReports {
  const { folder, runs, results, checkouts } = needs;

  async function common(
    image: TrustFacts['image'],
  ): Promise<Pick<TrustFacts, 'at' | 'host' | 'app' | 'checkout' | 'distfiles' | 'audits' | 'image'>> {
    const commit = image?.record.checkout?.commit ?? null;
    const views = commit === null ? [] : await checkouts.list();
    return {
      at: new Date().toISOString(),
      host: await hostFacts(),
      app: await appFacts(),
      image,
      checkout: views.find((view) => commitOf(view) === commit) ?? null,
      distfiles: image === null ? null : await distfileEvidence(join(folder.root, 'distfiles'), image.record),
      audits: await auditFacts(join(folder.root, 'audits'), image?.record ?? null),
    };
  }

  async function otherRuns(record: RunRecord, mine: RunResults | null): Promise<OtherRun[]> {
    if (mine === null) return [];
    const others: OtherRun[] = [];
    for (const { id, state, accelerator } of await runs.list()) {
      if (id === record.id || isLive({ state })) continue;
      const theirs = await results.read(id).catch(() => null);
      const other = theirs === null ? null : (await runs.show(id)).record;
      if (theirs === null || other?.image.inputDigest !== record.image.inputDigest) continue;
      others.push({ id, accelerator: accelerator ?? other.kind, ...compareHashes(mine, theirs) });
    }
    return others;
  }

  return {
    async ofRun(id) {
      const { record } = await runs.show(id);
      if (isLive(record)) throw new SeedbedError('RUN_STILL_RUNNING', { run: id });
      const place = runFolderAt(folder.runs, id);
      const found = await results.read(id).catch(() => null);
      const image = await readRunImage(place);
      const facts: TrustFacts = {
        ...(await common(image === null ? null : { id: record.image.id, record: image })),
        run: {
          record,
          results: found,
          events: await runs.events(id),
          command: record.argv.map(quoteWord).join(' '),
          log: await logFacts(place),
          portLosses: (await readPortState(place.path))?.losses ?? 0,
        },
        files: await measureFiles(place, record, needs.env),
        others: await otherRuns(record, found),
      };
      return finish(facts);
    },
    async ofImage({ id, record }) {
      const files = { qemu: null, firmware: [], kernel: null };
      return finish({ ...(await common({ id: id ?? null, record })), run: null, files, others: [] });
    },
  };
}

function finish(facts: TrustFacts): TrustReport {
  const script = formatVerifyScript({
    subject: subjectOf(facts),
    // A sandbox has no disks.
    image: (facts.run?.record.sandbox ?? null) === null ? (facts.image?.record ?? null) : null,
    results: facts.run?.results ?? null,
  });
  return { paper: composeTrustReport(facts), script };
}

async function readRunImage({ image }: RunFolder): Promise<ImageRecord | null> {
  try {
    return ImageRecord.parse(JSON.parse(await readFile(image, 'utf8')));
  } catch {
    return null;
  }
}

async function logFacts({ serialLog }: RunFolder): Promise<{ sizeBytes: number; sha256: string | null }> {
  const size = await stat(serialLog).then(
    (facts) => facts.size,
    () => 0,
  );
  return { sizeBytes: size, sha256: await hashFile(serialLog) };
}

async function measureFiles(
  place: RunFolder,
  { argv, qemu, startedAt }: RunRecord,
  env: NodeJS.ProcessEnv,
): Promise<TrustFacts['files']> {
  if (qemu === null) return { qemu: null, firmware: [], kernel: null };
  const { kernel, network } = readMachineWords(argv);
  return {
    qemu: await measureFile(qemu.path, startedAt),
    firmware: await measureFirmware(qemu.path, {
      withKernel: kernel !== null,
      withNetwork: network,
      since: startedAt,
      env,
    }),
    // Its own copy lies in the run's folder.
    kernel: kernel === null ? null : await measureFile(join(place.path, kernel), null),
  };
}

/** Outputs that this host hashed on both disks. */
function compareHashes(mine: RunResults, theirs: RunResults): { same: number; differs: number } {
  const hashes = new Map(theirs.outputs.map(({ name, found }) => [name, found?.sha256]));
  const both = mine.outputs.filter(({ name, found }) => found !== null && hashes.get(name) !== undefined);
  const same = both.filter(({ name, found }) => found?.sha256 === hashes.get(name)).length;
  return { same, differs: both.length - same };
}

function commitOf({ record }: CheckoutView): string | null {
  return record.kind === 'linked' ? record.report.commit : record.commit;
}
