// Every output that upstream has a checksum for, with what is known of it.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { ResultOutput } from '../../../shared/model/results.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Badge } from '../components/status.tsx';
import { OUTPUT_STATES } from '../derive/results-view.ts';
import { shortHash } from '../derive/text.ts';

export function OutputTable({ outputs }: { outputs: readonly ResultOutput[] }): ReactNode {
  return (
    <div className="table-frame">
      <Table aria-label="Expected outputs" className="table still" selectionMode="none">
        <TableHeader>
          <Column isRowHeader>Output</Column>
          <Column>Built by</Column>
          <Column>State</Column>
          <Column>Expected sha256</Column>
        </TableHeader>
        <TableBody
          items={outputs.map((output) => ({
            ...output,
            id: `${output.layer} ${output.name} ${output.sha256}`,
          }))}
          renderEmptyState={() => <p className="hint">None.</p>}
        >
          {(output) => (
            <Row>
              <Cell>
                <span className="cell-path">{output.name}</span>
                {output.found === null || output.state !== 'different' ? null : (
                  <span className="cell-sub">is {shortHash(output.found.sha256)}…</span>
                )}
              </Cell>
              <Cell>{builtBy(output)}</Cell>
              <Cell>
                <Badge tone={OUTPUT_STATES[output.state].tone}>{OUTPUT_STATES[output.state].word}</Badge>
              </Cell>
              <Cell>
                <span className="hash">
                  <code>{shortHash(output.sha256)}…</code>
                  <CopyButton text={() => output.sha256} label={`Copy the sha256 of ${output.name}`} />
                </span>
              </Cell>
            </Row>
          )}
        </TableBody>
      </Table>
    </div>
  );
}

function builtBy({ step, pass, prebuilt }: ResultOutput): string {
  const name = step ?? 'stage0-posix';
  const which = pass === null || pass === 1 ? name : `${name}, pass ${pass}`;
  return prebuilt ? `${which} (taken prebuilt)` : which;
}
