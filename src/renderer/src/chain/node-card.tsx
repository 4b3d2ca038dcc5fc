// One part of the chain: its ways down to the boot sector, each step with file, line and hash, what it needs and what needs it.
import type { ReactNode } from 'react';
import type { ChainAnswer, ChainEdge, ChainWay } from '../../../shared/model/chain.ts';
import { Fold } from '../components/overlays.tsx';
import { type Fact, Facts } from '../components/status.tsx';
import { needWords, WAY_TITLES } from '../derive/chain-view.ts';

export function NodeCard({
  answer,
  onChoose,
}: {
  answer: ChainAnswer;
  onChoose: (id: string) => void;
}): ReactNode {
  const { node, ways, needs, neededBy, below, passes } = answer;
  const facts: Fact[] = [
    { name: 'Stands on', value: `${below} other parts` },
    ...(passes.length > 1 ? [{ name: 'Built', value: `${passes.length} times` }] : []),
    ...(node.uninstalled === null
      ? []
      : [{ name: 'Taken away', value: `${node.uninstalled.file}:${node.uninstalled.line}` }]),
    ...(node.replacedBy === null ? [] : [{ name: 'Replaced by', value: node.replacedBy }]),
    ...node.distfiles.map(({ name, sha256 }) => ({
      name: 'From',
      value: (
        <>
          {name} <code className="whole">{sha256}</code>
        </>
      ),
    })),
  ];
  return (
    <section className="card chain-card" aria-labelledby="chain-part">
      <h2 id="chain-part">Why {node.label}?</h2>
      <Facts facts={facts} />
      {(['makers', 'shortest', 'kernels'] as const).map((kind) => {
        const way = ways.find((one) => one.kind === kind);
        if (way === undefined) return null;
        return kind === 'makers' ? (
          <section key={kind} aria-label={WAY_TITLES[kind]}>
            <h3>{WAY_TITLES[kind]}</h3>
            <WayList way={way} onChoose={onChoose} />
          </section>
        ) : (
          <Fold key={kind} title={WAY_TITLES[kind]}>
            <WayList way={way} onChoose={onChoose} />
          </Fold>
        );
      })}
      <Fold title={`What it needs (${needs.length})`}>
        <EdgeList edges={needs} end="to" onChoose={onChoose} />
      </Fold>
      <Fold title={`What needs it (${neededBy.length})`}>
        <EdgeList edges={neededBy} end="from" onChoose={onChoose} />
      </Fold>
    </section>
  );
}

function WayList({ way, onChoose }: { way: ChainWay; onChoose: (id: string) => void }): ReactNode {
  return (
    <ol className="chain-way">
      {way.steps.map(({ node, edge }) => (
        <li key={node.id}>
          {edge === null ? null : <Evidence edge={edge} />}
          <button type="button" className="link" onClick={() => onChoose(node.id)}>
            {node.id}
          </button>
        </li>
      ))}
    </ol>
  );
}

function EdgeList(props: {
  edges: readonly ChainEdge[];
  end: 'from' | 'to';
  onChoose: (id: string) => void;
}): ReactNode {
  return (
    <ul className="chain-edges">
      {props.edges.map((edge) => (
        <li key={`${edge[props.end]} ${edge.role}`}>
          <button type="button" className="link" onClick={() => props.onChoose(edge[props.end])}>
            {edge[props.end]}
          </button>
          <Evidence edge={edge} />
        </li>
      ))}
    </ul>
  );
}

function Evidence({ edge }: { edge: ChainEdge }): ReactNode {
  const { file, line, sha256 } = edge.evidence;
  return (
    <span className="chain-need">
      {needWords(edge)} <code title={`sha256 ${sha256}`}>{`${file}:${line}`}</code>
    </span>
  );
}
