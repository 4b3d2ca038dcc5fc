// The contract's part for drives.
import { implement } from '@orpc/server';
import { drivesContract } from '../../shared/contract/drives.ts';
import type { Drives } from '../drives/drives.ts';
import { guarded } from './guard.ts';

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createDrivesRouter({ drives }: { drives: Drives }) {
  const os = implement(drivesContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  return os.router({
    list: os.list.handler(({ signal }) => drives.list(signal)),
    watch: os.watch.handler(({ signal }) => Promise.resolve(drives.watch(signal))),
    show: os.show.handler(({ input, signal }) => drives.show(input.drive, signal)),
    protect: os.protect.handler(({ input }) => drives.protect(input.drive, input.protected)),
  });
}
