// The contract's part for the chain of a checkout.
import { implement } from '@orpc/server';
import { type ChainFormat, chainContract, type TextFile } from '../../shared/contract/chain.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { Chain } from '../../shared/model/chain.ts';
import { readCheckoutChain } from '../chain/chain.ts';
import { formatChainDot } from '../formats/chain/chain-dot.ts';
import { formatChainSvg } from '../formats/chain/chain-svg.ts';
import { answerWhy } from '../formats/chain/chain-ways.ts';
import { guarded } from './guard.ts';

export interface ChainRouterNeeds {
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createChainRouter({ checkoutPath }: ChainRouterNeeds) {
  const os = implement(chainContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const read = async (choice: CheckoutChoice, signal: AbortSignal | undefined): Promise<Chain> =>
    readCheckoutChain({ path: await checkoutPath(choice) }, signal);

  return os.router({
    read: os.read.handler(({ input, signal }) => read(input.checkout, signal)),
    why: os.why.handler(async ({ input, signal }) =>
      answerWhy(await read(input.checkout, signal), input.name),
    ),
    export: os.export.handler(async ({ input: { checkout, format, node }, signal }) =>
      formatChain(await read(checkout, signal), format, node),
    ),
  });
}

function formatChain(chain: Chain, format: ChainFormat, node: string | null): TextFile {
  switch (format) {
    case 'svg':
      return {
        name: 'chain.svg',
        mediaType: 'image/svg+xml',
        text: formatChainSvg(chain, node === null ? {} : { node }),
      };
    case 'dot':
      return { name: 'chain.dot', mediaType: 'text/vnd.graphviz', text: formatChainDot(chain) };
    case 'json':
      return {
        name: 'chain.json',
        mediaType: 'application/json',
        text: `${JSON.stringify(chain, null, 1)}\n`,
      };
  }
}
