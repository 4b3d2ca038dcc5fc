// What each page keeps in its part of the address, by name. Everything is text or null, where the user left the default.

/** Choices of the bootstrap form; null where the user left the default. */
export interface BootstrapChoices {
  checkout: string | null;
  distfiles: string | null;
  /** What it runs in; QEMU when nothing is said. */
  in: string | null;
  accelerator: string | null;
  memory: string | null;
  cores: string | null;
  /** Addresses, one a line. */
  mirrors: string | null;
  /** Disk size in MiB. */
  size: string | null;
  /** Folder that the image shall be written to, and the name there. */
  folder: string | null;
  name: string | null;
}

/** What the Sources page shows; null where the user left the default. */
export interface SourcesView {
  /** A place token, or the id of a checkout that Seedbed keeps. */
  checkout: string | null;
  /** Filter, order and words of the table (derive/distfile-filter.ts). */
  show: string | null;
  sort: string | null;
  find: string | null;
  /** `every`: also files of steps that the manifest does not build. */
  steps: string | null;
  /** The distfile that is looked at. */
  file: string | null;
  /** The job that was started last. */
  job: string | null;
}

/** What the Audit page shows; null where the user left the default. */
export interface AuditView {
  /** A place token, or the id of a checkout that Seedbed keeps. */
  checkout: string | null;
  program: string | null;
  /** First line of the table. */
  from: string | null;
  /** The job that was started last. */
  job: string | null;
}

/** What the Chain page shows; null where the user left the default. */
export interface ChainView {
  /** A place token, or the id of a checkout that Seedbed keeps. */
  checkout: string | null;
  /** The part that is looked at. */
  node: string | null;
  /** Only parts with these words. */
  find: string | null;
  /** The job that was started last. */
  job: string | null;
}

/** Choices of a new image; null where the user left the preset's. */
export interface NewImageChoices {
  preset: string | null;
  /** A place token, or the id of a checkout that Seedbed keeps. */
  checkout: string | null;
  /** A place token; null for the store. */
  distfiles: string | null;
  /** Fields of the configuration that differ from the preset's, as JSON. */
  set: string | null;
  /** Names of built-in overlays, with commas; null for the preset's. */
  overlays: string | null;
  /** Place tokens: a folder of steps that are laid over the checkout's, of packages, a preseed file. */
  own: string | null;
  repo: string | null;
  preseed: string | null;
  /** Folder that the image shall be written to, and the name there. */
  folder: string | null;
  name: string | null;
}

/** What the page of an image shows; null where the user left the default. */
export interface ImageView {
  /** overview, map, contents, verify or compare. */
  show: string | null;
  /** Role of the disk, for an image with several. */
  disk: string | null;
  /** The stretch of the map that is in view: `offset-length` in bytes. */
  zoom: string | null;
  /** The byte that is looked at. */
  at: string | null;
  /** The folder that is open. */
  path: string | null;
  /** The checkout of a verification, as on the Sources page. */
  against: string | null;
  /** Distfiles of a verification: `hashes` for none, else the token of a folder. */
  distfiles: string | null;
  /** Tokens of what follows from no source: packages, an early preseed. */
  repo: string | null;
  preseed: string | null;
  /** The image that it is compared with: as in the address of its page. */
  with: string | null;
  /** The job that was started last. */
  job: string | null;
}

/** What is written where; null where nothing was chosen. */
export interface FlashView {
  /** The id of an image, or a place token. */
  image: string | null;
  /** Ids of the drives for the first and the second disk. */
  drive: string | null;
  second: string | null;
  /** The job that was started last. */
  job: string | null;
}

/** What the page of results shows; null where the user left the default. */
export interface ResultsView {
  show: string | null;
  /** The run that it is compared with. */
  with: string | null;
  /** The job that was started last. */
  job: string | null;
}
