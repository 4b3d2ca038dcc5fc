// The chain of a checkout: what is made by what, from the boot sector to the last package. Everything in it is derived from the checkout's files.
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What the one that is needed does: it is the program that makes the other, a compiler, a C library, assembler and linker, a library that is asked for by
 * name, a tool that a script names, the shell that runs the script, the kernel that everything runs on, or a file that goes in.
 */
export const ChainRole = z.enum([
  'maker',
  'input',
  'compiler',
  'c-library',
  'binutils',
  'library',
  'tool',
  'shell',
  'kernel',
]);
export type ChainRole = z.infer<typeof ChainRole>;

/** Where it says so. */
export const ChainEvidence = z.strictObject({
  /** Relative to the checkout. */
  file: z.string(),
  line: z.int().positive(),
  sha256,
});
export type ChainEvidence = z.infer<typeof ChainEvidence>;

export const ChainEdge = z.strictObject({
  /** The node that needs. */
  from: z.string(),
  /** The node that is needed; it was made before. */
  to: z.string(),
  role: ChainRole,
  /** `named`: a file says so; `in force`: it is what configure, make and the shell find at that time, though no word names it. */
  basis: z.enum(['named', 'in force']),
  /** The word that was read, such as `tcc-0.9.26`. */
  word: z.string(),
  evidence: ChainEvidence,
});
export type ChainEdge = z.infer<typeof ChainEdge>;

export const ChainNode = z.strictObject({
  /** `boot-sector`, `builder-hex0`, the path of a file in the machine, `STEP#PASS`, or `?WORD` for what nobody makes. */
  id: z.string(),
  kind: z.enum(['seed', 'kernel', 'program', 'file', 'build', 'missing']),
  label: z.string(),
  /** Stage that it belongs to. */
  stage: z.string(),
  /** Position in the order of making, from 0. */
  order: z.int().nonnegative(),
  step: z.string().nullable(),
  pass: z.int().positive().nullable(),
  /** Files of the checkout that it is made from or by. */
  files: z.array(z.strictObject({ path: z.string(), sha256 })),
  distfiles: z.array(z.strictObject({ name: z.string(), sha256 })),
  /** The directive that takes it away later. */
  uninstalled: ChainEvidence.nullable(),
  /** A later build of the same software is laid over it. */
  replacedBy: z.string().nullable(),
  /** Fewest edges down to the boot sector; null when there is no way. */
  distance: z.int().nonnegative().nullable(),
});
export type ChainNode = z.infer<typeof ChainNode>;

export const ChainStage = z.strictObject({
  id: z.string(),
  title: z.string(),
  kernel: z.string().nullable(),
  shell: z.string().nullable(),
  /** In order. */
  nodes: z.array(z.string()),
});
export type ChainStage = z.infer<typeof ChainStage>;

/** A step that is built more than once. */
export const RebuildPoint = z.strictObject({
  step: z.string(),
  /** Builds by bash, which become packages. */
  packages: z.int().nonnegative(),
  passes: z.array(
    z.strictObject({
      node: z.string(),
      compiler: z.string().nullable(),
      /** Upstream's checksum of the package; null where it has none. */
      expectedSha256: sha256.nullable(),
    }),
  ),
  /** Does upstream expect the same bytes of all passes that it has checksums for? Null with fewer than two. */
  equal: z.boolean().nullable(),
});
export type RebuildPoint = z.infer<typeof RebuildPoint>;

export const Chain = z.strictObject({
  commit: z.string().nullable(),
  seed: z.string(),
  nodes: z.array(ChainNode),
  edges: z.array(ChainEdge),
  stages: z.array(ChainStage),
  rebuilds: z.array(RebuildPoint),
  totals: z.strictObject({
    builds: z.int().nonnegative(),
    reaching: z.int().nonnegative(),
    nodes: z.int().nonnegative(),
    edges: z.int().nonnegative(),
  }),
  /** Nodes without a way to the boot sector: an error each. */
  unreachable: z.array(z.string()),
});
export type Chain = z.infer<typeof Chain>;

/** One way down to the boot sector: the node, then an edge and the next node each. */
export const ChainWay = z.strictObject({
  /** `shortest` over all edges; `makers` from each to the compiler or program that made it; `kernels` from each to the kernel below it. */
  kind: z.enum(['shortest', 'makers', 'kernels']),
  steps: z.array(z.strictObject({ node: ChainNode, edge: ChainEdge.nullable() })),
});
export type ChainWay = z.infer<typeof ChainWay>;

export const ChainAnswer = z.strictObject({
  commit: z.string().nullable(),
  node: ChainNode,
  /** All passes of the step, when it is built more than once. */
  passes: z.array(z.string()),
  ways: z.array(ChainWay),
  needs: z.array(ChainEdge),
  /** Everything that it stands on, directly or not. */
  below: z.int().nonnegative(),
  neededBy: z.array(ChainEdge),
});
export type ChainAnswer = z.infer<typeof ChainAnswer>;
