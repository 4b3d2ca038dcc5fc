// The rate of each file while it is fetched, measured once a second; rows read it by themselves, so that the table is not drawn anew for it.
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useState } from 'react';
import type { DistfileRow } from '../../../shared/model/distfile.ts';
import { formatBytes } from '../../../shared/units.ts';
import { createRateMeter } from '../derive/file-rates.ts';

const RatesContext = createContext<ReadonlyMap<string, number>>(new Map());
const EVERY_MS = 1000;

export function RatesProvider(props: { rows: readonly DistfileRow[]; children: ReactNode }): ReactNode {
  const { rows } = props;
  const [meter] = useState(createRateMeter);
  const [rates, setRates] = useState<ReadonlyMap<string, number>>(new Map());
  const isFetching = rows.some(({ state }) => state === 'fetching');
  const measure = useEffectEvent(() => setRates(meter.measure(rows, performance.now())));
  useEffect(() => {
    if (!isFetching) return;
    const first = setTimeout(() => measure(), 0);
    const timer = setInterval(() => measure(), EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [isFetching]);
  return <RatesContext value={rates}>{props.children}</RatesContext>;
}

export function FileRate({ name }: { name: string }): ReactNode {
  const rate = useContext(RatesContext).get(name);
  return rate === undefined ? null : <span className="rate">{`${formatBytes(Math.round(rate))}/s`}</span>;
}
