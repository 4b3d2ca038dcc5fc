// The chain of a checkout: read from its files, with the points where something is built again and what upstream expects of each pass.
import type { Chain, RebuildPoint } from '../../shared/model/chain.ts';
import type { Checkout } from '../checkout/checkout.ts';
import { askGit } from '../checkout/git.ts';
import { readText } from '../checkout/read-text.ts';
import { launchVariables } from '../formats/bootstrap-variables.ts';
import { readChain } from '../formats/chain/read-chain.ts';
import { expectedOutputs } from '../results/expected-outputs.ts';
import { openCheckoutFiles } from './checkout-files.ts';

/** Throws CHECKOUT_INVALID, CHECKOUT_UNREADABLE. Nothing is written. */
export async function readCheckoutChain(
  checkout: Pick<Checkout, 'path'>,
  signal?: AbortSignal,
): Promise<Chain> {
  const { path } = checkout;
  const variables = launchVariables('kernel-bootstrap');
  const [head, expected] = await Promise.all([
    askGit(path, ['rev-parse', 'HEAD'], signal),
    expectedOutputs((file) => readText(path, file), variables),
  ]);
  const chain = readChain(openCheckoutFiles(path), path);
  const sums = new Map(
    expected.outputs.flatMap(({ layer, step, pass, sha256 }) =>
      layer === 'package' && step !== null ? [[`${step}#${pass ?? 1}`, sha256]] : [],
    ),
  );
  return {
    commit: head.kind === 'answer' ? head.text.trim() : null,
    ...chain,
    rebuilds: rebuildPoints(chain, sums),
  };
}

function rebuildPoints(
  { nodes, edges }: Pick<Chain, 'nodes' | 'edges'>,
  sums: ReadonlyMap<string, string>,
): RebuildPoint[] {
  const compilers = new Map<string, string>();
  // A build that names several: the one that was made last is what compiles it in the end.
  const orders = new Map(nodes.map(({ id, order }) => [id, order]));
  for (const { from, to, role } of edges)
    if (role === 'compiler' && (orders.get(to) ?? 0) >= (orders.get(compilers.get(from) ?? '') ?? 0))
      compilers.set(from, to);
  const steps = new Map<string, typeof nodes>();
  for (const node of nodes)
    if (node.step !== null) steps.set(node.step, [...(steps.get(node.step) ?? []), node]);
  return [...steps].flatMap(([step, builds]) => {
    if (builds.length < 2) return [];
    const passes = builds.map(({ id }) => ({
      node: id,
      compiler: compilers.get(id) ?? null,
      expectedSha256: sums.get(id) ?? null,
    }));
    const known = passes.flatMap(({ expectedSha256 }) => expectedSha256 ?? []);
    return [
      {
        step,
        packages: known.length,
        passes,
        equal: known.length < 2 ? null : new Set(known).size === 1,
      },
    ];
  });
}
