// The host: what it is, the places that the user chose, the checks of this machine, and jobs.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { Finding, HostInfo, Place, PlaceKind, PlaceListing, PlaceToken } from '../model/host.ts';
import { Job } from '../model/job.ts';
import { AcceleratorProbe } from '../model/run.ts';
import { procedure } from './errors.ts';

export const hostContract = {
  info: procedure.input(z.strictObject({})).output(HostInfo),
  /** Check this machine: QEMU, accelerators, memory, space. Probing boots the boot check, which takes seconds. */
  doctor: procedure
    .input(z.strictObject({}))
    .output(z.strictObject({ findings: z.array(Finding), probes: z.array(AcceleratorProbe) })),
};

export const placeContract = {
  /** Where a chooser may start. */
  roots: procedure.input(z.strictObject({})).output(z.array(Place)),
  list: procedure.input(z.strictObject({ place: PlaceToken })).output(PlaceListing),
  /** What was chosen, for showing. */
  show: procedure.input(z.strictObject({ place: PlaceToken })).output(Place),
  /** The host's own dialog; null when the user chose nothing. */
  choose: procedure.input(z.strictObject({ kind: PlaceKind })).output(Place.nullable()),
};

export const jobContract = {
  list: procedure.input(z.strictObject({})).output(z.array(Job)),
  watch: procedure.input(z.strictObject({ job: z.string() })).output(eventIterator(Job)),
  watchAll: procedure.input(z.strictObject({})).output(eventIterator(z.array(Job))),
  cancel: procedure.input(z.strictObject({ job: z.string() })).output(Job),
};
