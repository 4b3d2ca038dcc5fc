// A chain as text for Graphviz (https://graphviz.org/doc/info/lang.html): deterministic, one line a node and an edge, stages as clusters.
import type { Chain } from '../../../shared/model/chain.ts';

export function formatChainDot({ nodes, edges, stages }: Pick<Chain, 'nodes' | 'edges' | 'stages'>): string {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  return [
    'digraph chain {',
    '  rankdir=BT;',
    '  node [shape=box, fontname="sans-serif", fontsize=10];',
    ...stages.flatMap(({ id, title, nodes: inside }, index) => [
      `  subgraph cluster_${index} {`,
      `    label=${quote(`${title} (${id})`)};`,
      ...inside.map((node) => `    ${quote(node)} [label=${quote(labels.get(node) ?? node)}];`),
      '  }',
    ]),
    ...edges.map(
      ({ from, to, role, basis, evidence }) =>
        `  ${quote(from)} -> ${quote(to)} [role=${quote(role)}, basis=${quote(basis)}, file=${quote(`${evidence.file}:${evidence.line}`)}, sha256="${evidence.sha256}"${basis === 'named' ? '' : ', style=dashed'}];`,
    ),
    '}',
    '',
  ].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
