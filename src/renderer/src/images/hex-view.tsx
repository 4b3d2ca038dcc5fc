// The bytes at the place that is looked at, sixteen a row, coloured and named by what they belong to.
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { useAnswer } from '../connection/context.tsx';
import {
  formatOffset,
  type HexByte,
  type HexRow,
  hexRows,
  parseOffset,
  ROW_BYTES,
} from '../derive/hex-rows.ts';
import { regionShade } from '../derive/map-shades.ts';
import { useLast } from '../use-last.ts';

const SHOWN_BYTES = 32 * ROW_BYTES;

export function HexView(props: {
  image: DiskChoice;
  at: number;
  sizeBytes: number;
  onGo: (atBytes: number) => void;
}): ReactNode {
  const { image, at, sizeBytes, onGo } = props;
  const offsetBytes = at - (at % ROW_BYTES);
  const answer = useAnswer(`bytes ${JSON.stringify(image)} ${offsetBytes}`, (client, signal) =>
    client.imageReading.bytes({ image, offsetBytes, lengthBytes: SHOWN_BYTES }, { signal }),
  );
  const shown = useLast(answer.value);
  const earlier = Math.max(0, offsetBytes - SHOWN_BYTES);
  const later = offsetBytes + SHOWN_BYTES;
  const hasLater = later < sizeBytes;
  function press(event: KeyboardEvent): void {
    if (event.key === 'PageDown' && hasLater) onGo(later);
    else if (event.key === 'PageUp' && offsetBytes > 0) onGo(earlier);
    else return;
    event.preventDefault();
  }
  return (
    <section className="hex-part" aria-labelledby="hex">
      <div className="region-head">
        <h2 id="hex">Bytes</h2>
        <GoTo sizeBytes={sizeBytes} onGo={onGo} />
        <Button
          size="small"
          icon="up"
          label="Earlier bytes"
          disabled={offsetBytes === 0}
          onPress={() => onGo(earlier)}
        />
        <Button
          size="small"
          icon="down"
          label="Later bytes"
          disabled={!hasLater}
          onPress={() => onGo(later)}
        />
      </div>
      {answer.error === null ? null : <ErrorCard error={answer.error} />}
      {shown === null ? (
        <Waiting>Reading the bytes</Waiting>
      ) : (
        <div
          className="hex"
          role="group"
          aria-label="Bytes in hexadecimal, with what they belong to"
          tabIndex={0}
          onKeyDown={press}
        >
          <table>
            <thead className="visually-hidden">
              <tr>
                <th scope="col">Offset, hexadecimal</th>
                <th scope="col">Bytes</th>
                <th scope="col">Text</th>
              </tr>
            </thead>
            <tbody>
              {hexRows(shown.hex, shown.offsetBytes, shown.regions).map((row) => (
                <Row key={row.offsetBytes} row={row} at={at} sizeBytes={sizeBytes} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ row, at, sizeBytes }: { row: HexRow; at: number; sizeBytes: number }): ReactNode {
  return (
    <>
      {row.notes.length === 0 ? null : (
        <tr className="hex-mark">
          <td />
          <td colSpan={2}>
            {row.notes.map(({ text, goesOn, region }) => (
              <span key={region.index} className={goesOn ? 'hex-note goes-on' : 'hex-note'}>
                <span className={`swatch shade-${regionShade(region)}`} aria-hidden="true" />
                {goesOn ? `${text}, goes on` : text}
              </span>
            ))}
          </td>
        </tr>
      )}
      <tr>
        <th scope="row" className="hex-offset">
          {formatOffset(row.offsetBytes, sizeBytes)}
        </th>
        <td className="hex-bytes">
          {pieces(row, at).map(({ key, className, bytes }) => (
            <span key={key} className={className}>
              {bytes.map(({ hex }) => hex).join(' ')}
            </span>
          ))}
        </td>
        <td className="hex-text">
          {pieces(row, at).map(({ key, className, bytes }) => (
            <span key={key} className={className}>
              {bytes.map(({ text }) => text).join('')}
            </span>
          ))}
        </td>
      </tr>
    </>
  );
}

/** Neighbours of one look, as one span. The byte that is looked at stands alone. */
function pieces(row: HexRow, at: number): { key: number; className: string; bytes: HexByte[] }[] {
  const found: { key: number; className: string; bytes: HexByte[] }[] = [];
  for (const [index, byte] of row.bytes.entries()) {
    const isHere = row.offsetBytes + index === at;
    const className = [
      `hex-byte shade-${byte.shade}`,
      byte.odd ? 'odd' : '',
      byte.isHeader ? 'header' : '',
      isHere ? 'here' : '',
    ]
      .filter((word) => word !== '')
      .join(' ');
    const last = found.at(-1);
    if (last?.className === className) last.bytes.push(byte);
    else found.push({ key: index, className, bytes: [byte] });
  }
  return found;
}

function GoTo({ sizeBytes, onGo }: { sizeBytes: number; onGo: (atBytes: number) => void }): ReactNode {
  const [text, setText] = useState('');
  const offset = parseOffset(text, sizeBytes);
  return (
    <form
      className="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        if (offset !== null) onGo(offset);
      }}
    >
      <WordsField label="Go to byte (0x… or decimal)" lines={1} value={text} onChange={setText} />
      <Button size="small" type="submit" disabled={offset === null}>
        Go
      </Button>
    </form>
  );
}
