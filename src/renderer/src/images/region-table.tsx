// The regions that an image's record hashes, in order: each can be checked with dd and sha256sum.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { Region } from '../../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { regionName } from '../derive/image-view.ts';
import { shortHash } from '../derive/text.ts';

export function RegionTable({ regions }: { regions: readonly Region[] }): ReactNode {
  return (
    <div className="table-frame">
      <Table aria-label="Regions and their hashes" className="table still" selectionMode="none">
        <TableHeader>
          <Column isRowHeader>Part</Column>
          <Column>Starts at</Column>
          <Column>Length</Column>
          <Column>sha256</Column>
        </TableHeader>
        <TableBody
          items={regions.map((region) => ({ ...region, id: `${region.offsetBytes}-${region.name}` }))}
        >
          {(region) => (
            <Row>
              <Cell>{regionName(region)}</Cell>
              <Cell className="number">{formatCount(region.offsetBytes)}</Cell>
              <Cell className="number">{formatBytes(region.lengthBytes)}</Cell>
              <Cell>
                {region.sha256 === null ? null : <RegionHash region={region} hash={region.sha256} />}
              </Cell>
            </Row>
          )}
        </TableBody>
      </Table>
    </div>
  );
}

function RegionHash({ region, hash }: { region: Region; hash: string }): ReactNode {
  return (
    <span className="hash">
      <code>{shortHash(hash)}…</code>
      <CopyButton text={() => hash} label={`Copy the sha256 of ${regionName(region)}`} />
    </span>
  );
}
