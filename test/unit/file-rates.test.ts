// The rate of a file that is fetched, by how its bytes grow.
import { describe, expect, it } from 'vitest';
import { createRateMeter } from '../../src/renderer/src/derive/file-rates.ts';
import { scriptedRow } from '../support/scripted-sources-data.ts';

const fetching = (doneBytes: number) => [scriptedRow('a', { state: 'fetching', doneBytes })];

describe('a rate meter', () => {
  it('says nothing before a file was seen for a while, then bytes a second', () => {
    const meter = createRateMeter();
    expect(meter.measure(fetching(100), 0).get('a')).toBeUndefined();
    expect(meter.measure(fetching(200), 300).get('a')).toBeUndefined();
    expect(meter.measure(fetching(1100), 1000).get('a')).toBe(1000);
    expect(meter.measure(fetching(4100), 2000).get('a')).toBe(2000);
  });

  it('falls towards nothing when nothing comes', () => {
    const meter = createRateMeter();
    meter.measure(fetching(0), 0);
    meter.measure(fetching(8000), 1000);
    const rates = [2, 3, 4].map((second) => meter.measure(fetching(8000), second * 1000).get('a'));
    expect(rates).toEqual([4000, 2000, 1000]);
  });

  it('begins anew when a file does, and forgets files that have ended', () => {
    const meter = createRateMeter();
    meter.measure(fetching(5000), 0);
    meter.measure(fetching(9000), 1000);
    expect(meter.measure(fetching(10), 2000).get('a')).toBeUndefined();
    expect(meter.measure([scriptedRow('a', { state: 'present' })], 3000).size).toBe(0);
    expect(meter.measure(fetching(10), 4000).size).toBe(0);
  });
});
