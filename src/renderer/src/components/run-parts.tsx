// Milestones and evidence: places in a log, which lead there when a log is shown beside them.
import type { ReactNode } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import type { Evidence, Milestone } from '../../../shared/model/console.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Icon } from './icons.tsx';
import { Fold } from './overlays.tsx';

/** So many lines are enough to see; the rest is folded. */
const SHOWN_EVIDENCE = 3;

interface MilestonesProps {
  milestones: readonly Milestone[];
  /** The last one is where the machine is now. */
  live: boolean;
  onJump?: (offsetBytes: number) => void;
}

export function Milestones({ milestones, live, onJump }: MilestonesProps): ReactNode {
  if (milestones.length === 0) return <p className="hint">None yet. They appear as the machine gets on.</p>;
  const last = milestones.length - 1;
  const items = milestones.map((milestone, at) => ({
    ...milestone,
    key: `${at}`,
    isNow: live && at === last,
  }));
  return (
    <GridList
      aria-label="Milestones"
      className="milestones"
      items={items.map((item) => ({ ...item, id: item.key }))}
      onAction={(key) => onJump?.(milestones[Number(key)]?.offset ?? 0)}
    >
      {(item) => (
        <GridListItem className={item.isNow ? 'milestone now' : 'milestone'} textValue={item.label}>
          <span className="milestone-sign">
            <Icon name={item.isNow ? 'dot' : 'check'} size={14} />
          </span>
          <span className="milestone-label">{item.label}</span>
          {onJump === undefined ? (
            <span className="milestone-offset">at {formatBytes(item.offset)}</span>
          ) : null}
        </GridListItem>
      )}
    </GridList>
  );
}

export function EvidenceList(props: {
  evidence: readonly Evidence[];
  onJump?: (offsetBytes: number) => void;
}): ReactNode {
  const { evidence, onJump } = props;
  if (evidence.length === 0) return null;
  const rest = evidence.length - SHOWN_EVIDENCE;
  return (
    <>
      <EvidenceLines evidence={evidence.slice(0, SHOWN_EVIDENCE)} onJump={onJump} />
      {rest > 0 ? (
        <Fold title={rest === 1 ? 'One more line' : `${rest} more lines`}>
          <EvidenceLines evidence={evidence.slice(SHOWN_EVIDENCE)} onJump={onJump} />
        </Fold>
      ) : null}
    </>
  );
}

function EvidenceLines(props: {
  evidence: readonly Evidence[];
  onJump: ((offsetBytes: number) => void) | undefined;
}): ReactNode {
  const { evidence, onJump } = props;
  return (
    <ul className="evidence" aria-label="Evidence from the log">
      {evidence.map(({ offset, text }) => (
        <li key={`${offset}-${text}`}>
          {onJump === undefined ? (
            <span className="evidence-line">
              <code>{text}</code>
            </span>
          ) : (
            <button type="button" className="evidence-line" onClick={() => onJump(offset)}>
              <code>{text}</code>
              <span className="evidence-go">show in the log</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
