// What a checkout's bootstrap takes in, each file with the builds that take it and what becomes of them. All of it is derived from manifest and sources.
import type { Chain, ChainNode } from '../../shared/model/chain.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import type { SbomRow, SbomUsage } from '../../shared/model/sbom.ts';
import { readCheckoutChain } from '../chain/chain.ts';
import { wantedDistfiles } from '../checkout/wanted-distfiles.ts';

export interface BillFile {
  row: SbomRow;
  wanted: WantedDistfile;
  /** Builds that take it. */
  builds: string[];
  /** Disks of the image that carry it. */
  disks: string[];
}

export interface BillStep {
  step: string;
  builds: string[];
  /** Of the last build: is it there at the end? */
  isFinal: boolean;
  /** sha256 of what goes in. */
  takes: string[];
}

export interface Bill {
  commit: string | null;
  files: BillFile[];
  steps: BillStep[];
  /** Texts that the first machine code is made from. */
  seeds: { name: string; label: string; sha256: string }[];
  image: ImageRecord | null;
}

/** Throws CHECKOUT_INVALID, CHECKOUT_UNREADABLE. */
export async function readBill(path: string, image: ImageRecord | null, signal?: AbortSignal): Promise<Bill> {
  const [chain, wanted] = await Promise.all([readCheckoutChain({ path }, signal), wantedDistfiles({ path })]);
  const builds = chain.nodes.filter(({ kind }) => kind === 'build');
  return {
    commit: chain.commit,
    files: wanted.map((file) => billFile(file, builds, image)),
    steps: billSteps(builds),
    seeds: seedTexts(chain),
    image,
  };
}

function billFile(wanted: WantedDistfile, builds: readonly ChainNode[], image: ImageRecord | null): BillFile {
  const { name, sha256, urls, git } = wanted;
  const users = builds.filter(({ distfiles }) => distfiles.some((file) => file.sha256 === sha256));
  const isArchive = ARCHIVE.test(name);
  const type = !isArchive ? 'text' : git !== null ? 'git snapshot' : 'archive';
  return {
    wanted,
    row: {
      name,
      type,
      usage: isArchive ? usageOf(users) : 'data',
      url: urls[0] ?? git?.repo ?? '',
      checksum: sha256,
    },
    builds: users.map(({ id }) => id),
    disks: image?.distfiles.find((file) => file.sha256 === sha256)?.on ?? [],
  };
}

/** Endings that helpers.sh unpacks, and zip (live-bootstrap 984b8322, steps/helpers.sh, extract_file). */
const ARCHIVE = /\.(tar(\.\w+)?|tgz|tbz2?|txz|zip)$/;

function usageOf(users: readonly ChainNode[]): SbomUsage {
  return users.some(isThereAtTheEnd) ? 'linked into final system' : 'build-time only';
}

function isThereAtTheEnd({ uninstalled, replacedBy }: ChainNode): boolean {
  return uninstalled === null && replacedBy === null;
}

function billSteps(builds: readonly ChainNode[]): BillStep[] {
  const steps = new Map<string, BillStep>();
  for (const node of builds) {
    const step = node.step ?? node.id;
    const known = steps.get(step) ?? { step, builds: [], isFinal: false, takes: [] };
    known.builds.push(node.id);
    known.isFinal = isThereAtTheEnd(node);
    known.takes = node.distfiles.map(({ sha256 }) => sha256);
    steps.set(step, known);
  }
  return [...steps.values()];
}

function seedTexts({ nodes }: Pick<Chain, 'nodes'>): Bill['seeds'] {
  return nodes
    .filter(({ kind }) => kind === 'seed' || kind === 'kernel')
    .flatMap(({ label, files }) => files.map(({ path, sha256 }) => ({ name: path, label, sha256 })));
}
