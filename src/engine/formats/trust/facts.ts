// What a trust report is made of: recorded facts of a run or an image, and what was measured on this host when the report was written.
import type { CheckoutView } from '../../../shared/model/checkout.ts';
import type { ImageRecord } from '../../../shared/model/image.ts';
import type { RunResults } from '../../../shared/model/results.ts';
import type { RunEvent, RunRecord } from '../../../shared/model/run.ts';

/** A file that something rests on: null hash where it could not be read. */
export interface MeasuredFile {
  path: string;
  sha256: string | null;
  /** Its content or its name changed after the run had begun: what is measured now need not be what ran. Null when that is not known. */
  changedSince: boolean | null;
}

export interface HostFacts {
  system: string;
  kernel: string;
  architecture: string;
  cpu: string;
  microcode: string | null;
  /** Of the computer's own firmware: vendor, version, date. */
  firmware: string | null;
}

export interface AppFacts {
  version: string;
  node: string;
  electron: string | null;
  /** sha256 of package-lock.json, which pins every package by hash; null where it does not stand beside the program. */
  lockfile: string | null;
}

/** How often each kind of evidence stands in the log of the distfile store, for the files of this image. */
export interface DistfileEvidence {
  files: number;
  /** Files of which this host knows where they came from. */
  known: number;
  https: number;
  http: number;
  /** Files that two or more sources gave with the same bytes. */
  agreed: number;
  /** Files whose hash other projects pin too (resources/corroboration.json), and those of which one chose it by itself. */
  pinned: number;
  pinnedIndependently: number;
  /** Signatures that the user gave. */
  signatures: { modern: number; weak: number; wrong: number };
}

/** Another run of this data folder with the same inputs. */
export interface OtherRun {
  id: string;
  accelerator: string;
  same: number;
  differs: number;
}

/** A check that another part of Seedbed made; `state` null when nobody has run it here. */
export interface AuditFact {
  id: string;
  title: string;
  state: 'equal' | 'differs' | null;
  text: string;
  /** What it proves under which assumptions, or how to run it. */
  why: string;
}

export interface TrustFacts {
  at: string;
  image: { id: string | null; record: ImageRecord } | null;
  run: {
    record: RunRecord;
    results: RunResults | null;
    events: readonly RunEvent[];
    /** Its argument vector as a shell takes it. */
    command: string;
    log: { sizeBytes: number; sha256: string | null };
    /** Of a serial run: how often its port was lost. */
    portLosses: number;
  } | null;
  host: HostFacts;
  app: AppFacts;
  /** QEMU, its firmware files, a supplied kernel: what is there of them. */
  files: { qemu: MeasuredFile | null; firmware: readonly MeasuredFile[]; kernel: MeasuredFile | null };
  checkout: CheckoutView | null;
  distfiles: DistfileEvidence | null;
  others: readonly OtherRun[];
  audits: readonly AuditFact[];
}
