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

describe('the number of places', () => {
  function count(hosts: ReturnType<typeof gate>, host: string): number {
    const taken: (() => void)[] = [];
    for (let leave = hosts.tryEnter(host); leave !== null; leave = hosts.tryEnter(host)) taken.push(leave);
    for (const leave of taken) leave();
    return taken.length;
  }

  it('grows by one with each good answer, to twice as many', () => {
    const hosts = gate();
    const counts = [count(hosts, 'a')];
    for (let answer = 1; answer <= 12; answer += 1) {
      hosts.report('a', { kind: 'answer' });
      counts.push(count(hosts, 'a'));
    }
    expect(counts).toEqual([2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
    expect(count(hosts, 'b')).toBe(2);
  });

  it('grows by one with each round of answers after the host has complained', () => {
    const hosts = gate({ perHost: () => 4 });
    hosts.report('a', { kind: 'burden' });
    const counts = Array.from({ length: 9 }, () => {
      hosts.report('a', { kind: 'answer' });
      return count(hosts, 'a');
    });
    expect(counts).toEqual([2, 3, 3, 3, 4, 4, 4, 4, 5]);
  });

  it('is halved when the host is overburdened, but one place stays', () => {
    const hosts = gate({ perHost: () => 8 });
    const counts = Array.from({ length: 5 }, () => {
      hosts.report('a', { kind: 'burden' });
      return count(hosts, 'a');
    });
    expect(counts).toEqual([4, 2, 1, 1, 1]);
  });
});

describe('a host that does not answer', () => {
  it('is left alone after some silences in a row, for a while', () => {
    let now = 0;
    const hosts = gate({ now: () => now });
    hosts.report('a', { kind: 'silence', detail: 'refused' });
    hosts.report('a', { kind: 'silence', detail: 'refused' });
    hosts.report('a', { kind: 'answer' });
    hosts.report('a', { kind: 'silence', detail: 'refused' });
    hosts.report('a', { kind: 'silence', detail: 'refused' });
    expect(hosts.whyDown('a')).toBeNull();
    hosts.report('a', { kind: 'silence', detail: 'timed out' });
    expect(hosts.whyDown('a')).toBe('timed out');
    expect(hosts.whyDown('b')).toBeNull();
    now = 1001;
    expect(hosts.whyDown('a')).toBeNull();
    hosts.report('a', { kind: 'silence', detail: 'still' });
    expect(hosts.whyDown('a')).toBe('still');
  });

  it('gets another chance, and loses it with one more silence', () => {
    const hosts = gate();
    hosts.report('b', { kind: 'answer' });
    for (let time = 0; time < 3; time += 1) hosts.report('a', { kind: 'silence', detail: 'x' });
    expect(hosts.giveAnotherChance()).toBe(true);
    expect(hosts.whyDown('a')).toBeNull();
    hosts.report('a', { kind: 'silence', detail: 'y' });
    expect(hosts.whyDown('a')).toBe('y');
  });

  it('is asked once only when it is the network that is down', () => {
    const hosts = gate();
    for (const host of ['a', 'b', 'c']) hosts.report(host, { kind: 'silence', detail: 'unreachable' });
    expect(hosts.whyDown('a')).toBeNull();
    hosts.report('d', { kind: 'silence', detail: 'unreachable' });
    expect(hosts.whyDown('d')).toBe('unreachable');
    expect(hosts.giveAnotherChance()).toBe(false);
    hosts.report('e', { kind: 'answer' });
    expect(hosts.giveAnotherChance()).toBe(true);
  });
});
