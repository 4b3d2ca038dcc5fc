// The contract's part for bills of materials.
import { implement } from '@orpc/server';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { sbomContract } from '../../shared/contract/sbom.ts';
import type { ImageStore } from '../image/image-store.ts';
import { readBill } from '../sbom/bill.ts';
import { formatBillCsv } from '../sbom/bill-csv.ts';
import { guarded } from './guard.ts';

export interface SbomRouterNeeds {
  images: ImageStore;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createSbomRouter({ images, checkoutPath }: SbomRouterNeeds) {
  const os = implement(sbomContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  return os.router({
    write: os.write.handler(async ({ input: { checkout, format, image }, signal }) => {
      const record = image === null ? null : (await images.get(image)).record;
      const bill = await readBill(await checkoutPath(checkout), record, signal);
      if (format === 'csv')
        return { name: 'live-bootstrap.csv', mediaType: 'text/csv', text: formatBillCsv(bill) };
      const { formatBillCyclonedx } = await import('../sbom/bill-cyclonedx.ts');
      return {
        name: 'live-bootstrap.cdx.json',
        mediaType: 'application/vnd.cyclonedx+json',
        text: formatBillCyclonedx(bill, process.env['SOURCE_DATE_EPOCH']),
      };
    }),
  });
}
