// Ways through a chain: distances from the boot sector, and the ways down from a node.
import { SeedbedError } from '../../../shared/errors.ts';
import type { Chain, ChainAnswer, ChainEdge, ChainNode, ChainWay } from '../../../shared/model/chain.ts';

export interface ChainIndex {
  nodes: ReadonlyMap<string, ChainNode>;
  /** What a node needs, and what needs it. */
  needs: ReadonlyMap<string, readonly ChainEdge[]>;
  neededBy: ReadonlyMap<string, readonly ChainEdge[]>;
}

export function openChainIndex({ nodes, edges }: Pick<Chain, 'nodes' | 'edges'>): ChainIndex {
  const needs = new Map<string, ChainEdge[]>();
  const neededBy = new Map<string, ChainEdge[]>();
  for (const edge of edges) {
    push(needs, edge.from, edge);
    push(neededBy, edge.to, edge);
  }
  return { nodes: new Map(nodes.map((node) => [node.id, node])), needs, neededBy };
}

function push(map: Map<string, ChainEdge[]>, key: string, edge: ChainEdge): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [edge]);
  else known.push(edge);
}

/**
 * Fewest edges from each node down to the seed. A node that stands on something without a way has none itself: one missing link breaks what is above it.
 */
export function measureDistances(index: ChainIndex, seed: string): Map<string, number> {
  const distances = new Map<string, number>();
  const inOrder = [...index.nodes.values()].sort((a, b) => a.order - b.order);
  for (const { id } of inOrder) {
    if (id === seed) distances.set(id, 0);
    const below = (index.needs.get(id) ?? []).map(({ to }) => distances.get(to));
    if (id === seed || below.length === 0 || below.includes(undefined)) continue;
    distances.set(id, 1 + Math.min(...below.map((distance) => distance ?? Infinity)));
  }
  return distances;
}

/** `gcc-15.2.0` (its last build), `musl-1.1.24#2`, a file's path, or the beginning of one name only. Throws CHAIN_NODE_NOT_FOUND. */
export function findNode({ nodes }: Pick<Chain, 'nodes'>, name: string): ChainNode {
  const exact = nodes.find(({ id }) => id === name) ?? nodes.findLast(({ step }) => step === name);
  if (exact !== undefined) return exact;
  const like = nodes.filter(({ id, step }) => (step ?? id.split('/').at(-1) ?? '').startsWith(name));
  const names = [...new Set(like.map(({ step, id }) => step ?? id))];
  const last = like.at(-1);
  if (names.length === 1 && last !== undefined) return last;
  throw new SeedbedError('CHAIN_NODE_NOT_FOUND', { name, like: names.slice(0, 8).join(', ') });
}

/** Throws CHAIN_NODE_NOT_FOUND, CHAIN_BROKEN when the node does not reach the boot sector. */
export function answerWhy(
  chain: Pick<Chain, 'commit' | 'nodes' | 'edges' | 'seed'>,
  name: string,
): ChainAnswer {
  const index = openChainIndex(chain);
  const node = findNode(chain, name);
  if (node.distance === null)
    throw new SeedbedError('CHAIN_BROKEN', {
      node: node.label,
      missing: missingBelow(index, node.id).slice(0, 8).join(', '),
    });
  return {
    commit: chain.commit,
    node,
    passes:
      node.step === null ? [] : chain.nodes.filter(({ step }) => step === node.step).map(({ id }) => id),
    ways: [shortestWay(index, node), followedWay(index, node, 'makers'), followedWay(index, node, 'kernels')],
    needs: [...(index.needs.get(node.id) ?? [])],
    below: nodesBelow(index, node.id).size,
    neededBy: [...(index.neededBy.get(node.id) ?? [])],
  };
}

/** Labels of what nobody makes, below a node. */
function missingBelow(index: ChainIndex, id: string): string[] {
  const all = [id, ...nodesBelow(index, id)];
  const missing = all.filter((one) => index.nodes.get(one)?.kind === 'missing');
  return missing.map((one) => index.nodes.get(one)?.label ?? one);
}

function nodesBelow(index: ChainIndex, id: string): Set<string> {
  const seen = new Set<string>();
  const left = [id];
  for (let next = left.pop(); next !== undefined; next = left.pop())
    for (const { to } of index.needs.get(next) ?? [])
      if (!seen.has(to)) {
        seen.add(to);
        left.push(to);
      }
  return seen;
}

function shortestWay(index: ChainIndex, start: ChainNode): ChainWay {
  return follow(index, start, 'shortest', (edges) =>
    lowest(edges, (edge) => index.nodes.get(edge.to)?.distance ?? Infinity),
  );
}

/** Not merely texts of the checkout one behind the other. */
function isMadeOfMade(index: ChainIndex, id: string): boolean {
  const edges = index.needs.get(id) ?? [];
  return edges.some(({ role, to }) => role === 'input' || (role === 'maker' && !to.endsWith('/catm')));
}

function followedWay(index: ChainIndex, start: ChainNode, kind: 'makers' | 'kernels'): ChainWay {
  return follow(index, start, kind, (edges, node) => {
    if (kind === 'kernels') return edges.find(({ role }) => role === 'kernel') ?? edges[0];
    // Of a build's compilers the one that was made last; of a file what it was made from, and only then by what.
    const compilers = edges.filter(({ role }) => role === 'compiler');
    const order = (edge: ChainEdge): number => index.nodes.get(edge.to)?.order ?? 0;
    if (compilers.length > 0) return lowest(compilers, (edge) => -order(edge));
    const input = edges.find(({ role, to }) => role === 'input' && isMadeOfMade(index, to));
    if (node.kind !== 'build' && input !== undefined) return input;
    const maker = edges.find(({ role }) => role === 'maker');
    return maker ?? lowest(edges, (edge) => index.nodes.get(edge.to)?.distance ?? Infinity);
  });
}

/** Edges lead only to what was made before, so every way ends. */
function follow(
  index: ChainIndex,
  start: ChainNode,
  kind: ChainWay['kind'],
  choose: (edges: readonly ChainEdge[], node: ChainNode) => ChainEdge | undefined,
): ChainWay {
  const steps: ChainWay['steps'] = [{ node: start, edge: null }];
  for (let node = start; ;) {
    const edge = choose(index.needs.get(node.id) ?? [], node);
    const next = edge === undefined ? undefined : index.nodes.get(edge.to);
    if (edge === undefined || next === undefined) return { kind, steps };
    steps.push({ node: next, edge });
    node = next;
  }
}

function lowest(edges: readonly ChainEdge[], measure: (edge: ChainEdge) => number): ChainEdge | undefined {
  return edges.reduce<ChainEdge | undefined>(
    (best, edge) => (best === undefined || measure(edge) < measure(best) ? edge : best),
    undefined,
  );
}
