// Checkouts: fetch, verify, use a folder of one's own, carry over in a file; and what the step manifest comes to.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CheckoutReport, CheckoutView, KnownCommits } from '../model/checkout.ts';
import { DistfileReport } from '../model/distfile.ts';
import { PlaceToken } from '../model/host.ts';
import { ManifestConfiguration, ManifestPlan } from '../model/manifest.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';
import { ImageTarget } from './image.ts';

/** Addresses that a page may name; files and folders go by token. */
const RepositoryAddress = z.url({ protocol: /^(https?|git|ssh)$/ }).max(500);

/**
 * `from`: the beginning of an address, or a whole one in which {owner} and {name} stand for parts of its path. `to` or folder + `rest` takes its place, with
 * {owner} and {name} filled in. The rule that says most about an address counts.
 */
export const AddressRuleInput = z.union([
  z.strictObject({ from: z.string().min(1).max(500), to: RepositoryAddress }),
  z.strictObject({
    from: z.string().min(1).max(500),
    folder: PlaceToken,
    rest: z.string().regex(/^(?!.*(^|[/\\])\.\.([/\\]|$))[^\0]{0,300}$/),
  }),
]);
export type AddressRuleInput = z.infer<typeof AddressRuleInput>;

export const CheckoutFetchInput = z.strictObject({
  /** A commit, the beginning of a known one, a tag or a branch; null for the one that Seedbed takes by default. */
  commit: z
    .string()
    .regex(/^[\w][\w./+-]{0,99}$/)
    .nullable(),
  /** null for upstream. */
  from: z
    .union([z.strictObject({ address: RepositoryAddress }), z.strictObject({ folder: PlaceToken })])
    .nullable(),
  /** Before those of the settings. */
  maps: z.array(AddressRuleInput).max(50),
  /** Leave out the submodules for other processors. */
  onlyX86: z.boolean(),
});
export type CheckoutFetchInput = z.infer<typeof CheckoutFetchInput>;

/** A checkout with the token of its folder, which other calls take. */
export const CheckoutListing = CheckoutView.extend({ place: PlaceToken });
export type CheckoutListing = z.infer<typeof CheckoutListing>;

/** What a job of this part came to. */
export const CheckoutJobReport = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fetch'),
    id: z.string(),
    /** `nothing`: it was there, whole and unaltered. `remade`: it was there, but altered or not full. */
    did: z.enum(['nothing', 'fetched', 'remade']),
  }),
  z.strictObject({
    kind: z.literal('export'),
    path: z.string(),
    sizeBytes: z.int().nonnegative(),
    sha256: z.string(),
    distfiles: z.int().nonnegative(),
    /** Distfiles that were wanted and are not stored here. */
    missing: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('import'),
    id: z.string(),
    /** Null when the archive had none. */
    distfiles: DistfileReport.nullable(),
  }),
]);
export type CheckoutJobReport = z.infer<typeof CheckoutJobReport>;

const started = z.strictObject({ jobId: z.string() });
/** A fetched checkout whose commits a folder is compared with, instead of those that it stands at (it may have none). */
const against = z.string().max(80).optional();
const byId = z.strictObject({ id: z.string().max(80) });

export const checkoutContract = {
  /** The commits that Seedbed was tested with. */
  known: procedure.input(z.strictObject({})).output(KnownCommits),
  list: procedure.input(z.strictObject({})).output(z.array(CheckoutListing)),
  /** The list, again whenever this host changed it. */
  watch: procedure.input(z.strictObject({})).output(eventIterator(z.array(CheckoutListing))),
  /** By id, `default`, or the beginning of a commit. */
  show: procedure.input(byId).output(CheckoutListing),
  /** Goes on from what an earlier fetch left. */
  fetch: procedure.input(CheckoutFetchInput).output(started),
  /** Compare every file with the commits; with `remote` ask the servers about their tags too. Takes about a second. */
  verify: procedure
    .input(z.strictObject({ checkout: CheckoutChoice, remote: z.boolean(), against }))
    .output(CheckoutReport),
  /** Remember a folder of the user's, with its differences from its commits. */
  use: procedure.input(z.strictObject({ folder: PlaceToken, against })).output(CheckoutListing),
  export: procedure
    .input(z.strictObject({ ...byId.shape, out: ImageTarget, distfiles: z.boolean() }))
    .output(started),
  import: procedure.input(z.strictObject({ archive: PlaceToken })).output(started),
  /** A fetched one with all its files; of a folder of the user's only that Seedbed knew it. */
  remove: procedure.input(byId).output(z.strictObject({})),
  /** How a job of this host ended; null while it goes on, or when it is not known (any more). */
  report: procedure.input(z.strictObject({ job: z.string() })).output(CheckoutJobReport.nullable()),
  /** The step manifest under a configuration: scripts, passes, and when which distfile is needed. */
  manifest: procedure
    .input(z.strictObject({ checkout: CheckoutChoice, configuration: ManifestConfiguration }))
    .output(ManifestPlan),
};
