// Composition: the only file that knows every feature. Hosts open one engine and serve its router.
import { join } from 'node:path';
import type { CheckoutView } from '../shared/model/checkout.ts';
import type { HostInfo, Place, PlaceKind } from '../shared/model/host.ts';
import { SeedbedError } from '../shared/errors.ts';
import { type GuestMirrors, openGuestMirrors } from './bootstrap/guest-mirror.ts';
import { type Checkouts, openCheckouts } from './checkout/checkouts.ts';
import { type DataFolder, defaultDataRoot, openDataFolder } from './data-folder.ts';
import { type Distfiles, openDistfiles } from './distfiles/distfiles.ts';
import type { DriveSource } from './drives/drive-source.ts';
import { type Drives, openDrives } from './drives/drives.ts';
import { type AskBeforeFlash, type Flash, openFlash } from './flash/flash.ts';
import { elevationFacts } from './flash/elevation.ts';
import { platformDrives } from './drives/platform-drives.ts';
import { type ImageStore, openImageStore } from './image/image-store.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { type Mirrors, openMirrors } from './mirror/mirrors.ts';
import { createPlaces, defaultRoots, type Places } from './places.ts';
import { collectDueResults } from './results/collect-due.ts';
import { openResults, type Results } from './results/results.ts';
import type { RunNotice } from '../shared/model/notice.ts';
import { keepAwakeWhileRunning } from './run/keep-awake.ts';
import { notifyOfRuns } from './run/notify.ts';
import { openRuns, type Runs } from './run/runs.ts';
import { openSettings, type SettingsFile } from './settings.ts';
import { SEEDBED_VERSION } from './version.ts';

/** What only a host can do. */
export interface HostActions {
  kind: HostInfo['host'];
  /** The host's own file dialog; null where it has none. */
  choose: ((kind: PlaceKind) => Promise<string | null>) | null;
  /** Keep the computer from sleeping, or let it; for hosts that can. Called when it changes. */
  keepAwake?: (awake: boolean) => void;
  /** Tell the user of the desktop that a run has ended or waits for somebody; for hosts that can. */
  notify?: (notice: RunNotice) => void;
  /** Program and arguments that run Seedbed's command line; null where there is none: then what outlives other hosts ends with this one. */
  command?: readonly string[] | null;
  /** Drives may be written. A browser's page only where the person who started the host said so. */
  allowDrives?: boolean;
  /** Ask the person before a drive is written; without it none is. */
  askBeforeFlash?: AskBeforeFlash;
}

export interface Engine {
  info: HostInfo;
  folder: DataFolder;
  places: Places;
  jobs: Jobs;
  images: ImageStore;
  runs: Runs;
  results: Results;
  guestMirrors: GuestMirrors;
  settings: SettingsFile;
  checkouts: Checkouts;
  distfiles: Distfiles;
  mirrors: Mirrors;
  drives: Drives;
  flash: Flash;
  /** Open the host's dialog and give what was chosen a token. */
  choosePlace(kind: PlaceKind): Promise<Place | null>;
  /** End jobs and views. Runs go on. */
  close(): Promise<void>;
}

export interface EngineOptions {
  host: HostActions;
  env: NodeJS.ProcessEnv;
  dataRoot?: string;
  /** What tells of drives, in place of this platform's own reader. */
  driveSource?: DriveSource;
}

export async function openEngine({ host, env, dataRoot, driveSource }: EngineOptions): Promise<Engine> {
  const folder = await openDataFolder(dataRoot ?? defaultDataRoot(env, process.platform));
  const places = createPlaces(host.choose === null ? defaultRoots() : []);
  const jobs = createJobs();
  const images = openImageStore(folder);
  const runs = await openRuns(folder, { images, command: host.command ?? null });
  const letSleep = host.keepAwake === undefined ? null : keepAwakeWhileRunning(runs, host.keepAwake);
  const settings = openSettings(folder.root);
  const endNotices = host.notify === undefined ? null : notifyOfRuns(runs, settings, host.notify);
  const distfiles = await openDistfiles(join(folder.root, 'distfiles'), { settings, env });
  const mirrors = openMirrors({ distfiles, settings, env });
  const checkouts = openCheckouts(join(folder.root, 'checkouts'));
  const results = openResults({
    folder,
    runs,
    imagePath: (id) => images.get(id).then(pathOf, () => null),
    checkout: async (commit) =>
      (await checkouts.list()).find((one) => commitOf(one) === commit)?.path ?? null,
  });
  // A command is over too soon to begin with what nobody asked for.
  const endCollecting =
    host.kind === 'command line' ? null : collectDueResults({ folder: folder.runs, runs, results, jobs });
  const { command = null } = host;
  const drives = openDrives({
    source: driveSource ?? platformDrives(env),
    settings,
    dataRoot: folder.root,
    allowWriting: host.allowDrives ?? host.kind !== 'browser',
  });
  const flash = openFlash({
    root: join(folder.root, 'flashes'),
    drives,
    host: host.kind,
    ask: host.askBeforeFlash ?? null,
    elevation: elevationFacts(host.kind === 'command line'),
  });
  const guestMirrors = openGuestMirrors({ root: folder.root, runs, mirrors, command, env });
  return {
    info: {
      host: host.kind,
      version: SEEDBED_VERSION,
      platform: process.platform,
      dataFolder: folder.root,
      nativeDialog: host.choose !== null,
    },
    folder,
    places,
    jobs,
    images,
    runs,
    results,
    guestMirrors,
    settings,
    checkouts,
    distfiles,
    mirrors,
    drives,
    flash,
    async choosePlace(kind) {
      if (host.choose === null) throw new SeedbedError('PLACE_DIALOG_UNAVAILABLE', { host: host.kind });
      const path = await host.choose(kind);
      return path === null ? null : places.mint(path);
    },
    async close() {
      const collected = endCollecting?.();
      await jobs.close();
      await collected;
      await endNotices?.();
      await letSleep?.();
      await runs.close();
      await mirrors.close();
    },
  };
}

function pathOf({ path }: { path: string }): string {
  return path;
}

function commitOf({ record }: CheckoutView): string | null {
  return record.kind === 'linked' ? record.report.commit : record.commit;
}
