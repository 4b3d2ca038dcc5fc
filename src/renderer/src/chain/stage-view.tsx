// All parts of the chain, stage by stage, each a button that shows its ways.
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import type { Chain } from '../../../shared/model/chain.ts';
import { shortLabel } from '../derive/chain-view.ts';

export function StageView(props: {
  chain: Chain;
  /** Ids to show. */
  shown: ReadonlySet<string>;
  onWay: ReadonlySet<string>;
  chosen: string | null;
  onChoose: (id: string) => void;
}): ReactNode {
  const { chain, shown, onWay, chosen, onChoose } = props;
  const nodes = new Map(chain.nodes.map((node) => [node.id, node]));
  return (
    <section aria-label="Stages" className="chain-stages">
      {chain.stages.map(({ id, title, shell, kernel, nodes: inside }) => {
        const visible = inside.filter((one) => shown.has(one));
        if (visible.length === 0) return null;
        return (
          <section key={id} className="chain-stage" aria-labelledby={`stage-${id}`}>
            <h3 id={`stage-${id}`}>
              {title}
              <span className="chain-stage-sub">
                {shell === null ? '' : ` read by ${shell}`}
                {kernel === null ? '' : ` on ${kernel}`} · {visible.length} parts
              </span>
            </h3>
            <div className="chain-nodes">
              {visible.map((one) => {
                const node = nodes.get(one);
                if (node === undefined) return null;
                const gone = node.uninstalled === null ? '' : ' gone';
                const state = node.distance === null ? ' broken' : onWay.has(one) ? ' on-way' : gone;
                return (
                  <ToggleButton
                    key={one}
                    className={`chain-node ${node.kind}${state}`}
                    isSelected={chosen === one}
                    onChange={() => onChoose(one)}
                  >
                    {shortLabel(node)}
                  </ToggleButton>
                );
              })}
            </div>
          </section>
        );
      })}
    </section>
  );
}
