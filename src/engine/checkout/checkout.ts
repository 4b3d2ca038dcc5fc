// A live-bootstrap checkout on disk, looked at but never written to.
import type { Finding } from '../../shared/model/host.ts';
import type { CheckoutFacts } from '../../shared/model/image.ts';

export interface Checkout {
  /** Absolute, with all links resolved. */
  path: string;
  facts: CheckoutFacts;
  /** What a user should know before building from it. */
  findings: Finding[];
}

/** A distfile as the checkout's `sources` files name it. */
export interface Distfile {
  /** A plain file name. */
  name: string;
  sha256: string;
  /** Where upstream fetches it, in order; empty when only mirrors have it. */
  urls: string[];
  /** The steps that need it, in order. */
  steps: string[];
}
