import { describe, expect, it } from 'vitest';
import { createHostGate } from '../../src/engine/distfiles/host-gate.ts';

const signal = new AbortController().signal;

function gate(change: { now?: () => number; perHost?: (host: string) => number } = {}) {
  return createHostGate({ perHost: () => 2, downAfter: 3, downMilliseconds: 1000, ...change });
}

describe('places at a host', () => {
  it('are as many as were allowed, and come back', async () => {
    const hosts = gate();
    const first = hosts.tryEnter('a');
    const second = hosts.tryEnter('a');
    expect(first).not.toBeNull();
    expect(hosts.tryEnter('a')).toBeNull();
    expect(hosts.tryEnter('b')).not.toBeNull();
    const waiting = hosts.enter('a', signal);
    second?.();
    second?.();
    const third = await waiting;
    expect(hosts.tryEnter('a')).toBeNull();
    third();
    first?.();
    expect(hosts.tryEnter('a')).not.toBeNull();
  });

  it('may differ from host to host', () => {
    const hosts = gate({ perHost: (host) => (host === 'git' ? 1 : 2) });
    hosts.tryEnter('git');
    expect(hosts.tryEnter('git')).toBeNull();
  });

  it('are not waited for after an abort, and the place is not lost', async () => {
    const hosts = gate({ perHost: () => 1 });
    const leave = hosts.tryEnter('a');
    const controller = new AbortController();
    const waiting = hosts.enter('a', controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave?.();
    expect(hosts.tryEnter('a')).not.toBeNull();
  });
});

describe('a host that does not answer', () => {
  it('is left alone after some silences in a row, for a while', () => {
    let now = 0;
    const hosts = gate({ now: () => now });
    hosts.reportSilence('a', 'refused');
    hosts.reportSilence('a', 'refused');
    hosts.reportAnswer('a');
    hosts.reportSilence('a', 'refused');
    hosts.reportSilence('a', 'refused');
    expect(hosts.whyDown('a')).toBeNull();
    hosts.reportSilence('a', 'timed out');
    expect(hosts.whyDown('a')).toBe('timed out');
    expect(hosts.whyDown('b')).toBeNull();
    now = 1001;
    expect(hosts.whyDown('a')).toBeNull();
    hosts.reportSilence('a', 'still');
    expect(hosts.whyDown('a')).toBe('still');
  });

  it('gets another chance, and loses it with one more silence', () => {
    const hosts = gate();
    hosts.reportAnswer('b');
    for (let time = 0; time < 3; time += 1) hosts.reportSilence('a', 'x');
    expect(hosts.giveAnotherChance()).toBe(true);
    expect(hosts.whyDown('a')).toBeNull();
    hosts.reportSilence('a', 'y');
    expect(hosts.whyDown('a')).toBe('y');
  });

  it('is asked once only when it is the network that is down', () => {
    const hosts = gate();
    for (const host of ['a', 'b', 'c']) hosts.reportSilence(host, 'unreachable');
    expect(hosts.whyDown('a')).toBeNull();
    hosts.reportSilence('d', 'unreachable');
    expect(hosts.whyDown('d')).toBe('unreachable');
    expect(hosts.giveAnotherChance()).toBe(false);
    hosts.reportAnswer('e');
    expect(hosts.giveAnotherChance()).toBe(true);
  });
});
