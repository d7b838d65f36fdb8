/** Cases of the network: a program that sends to itself knows how long it let it wait. */
import assert from 'node:assert/strict';
import { assertDelay, PATIENCE_MS, stop } from '../harness.mjs';
import { bracketed, CONNECTION, DATAGRAM } from '../provoke.mjs';

export async function net(t) {
  const watched = await t.watch('net');
  const datagram = await bracketed(t, DATAGRAM);
  const segment = await bracketed(t, CONNECTION, '4', 'segment');
  const to = (port) => (o) => o.details.destination === `127.0.0.1:${port}`;
  const [udp, tcp] = [
    await watched.waitFor(to(datagram.port), PATIENCE_MS),
    await watched.waitFor(to(segment.port), PATIENCE_MS),
  ];
  assertDelay(udp, datagram.low_ns, datagram.high_ns);
  assertDelay(tcp, segment.low_ns, segment.high_ns);
  assert.equal(udp.details.bytes, 20 + 8 + 5);
  assert.match(udp.details.out, /^(copied|consumed)$/); // before 6.3 its reader is not told: docs/trackers/net.md
  assert.equal(tcp.details.out, 'copied');
  assert.equal(tcp.comm, 'perl');
  assert.match(tcp.details.source, /^127\.0\.0\.1:\d+$/);
  for (const [outlier, transport] of [
    [udp, 'udp'],
    [tcp, 'tcp'],
  ]) {
    assert.equal(outlier.key.interface, 'lo');
    assert.equal(outlier.details.protocol, 'ip');
    assert.equal(outlier.details.transport, transport);
  }
  await stop(watched);
}

export async function ttfb(t) {
  const watched = await t.watch('ttfb', '-c', 'perl');
  for (const [family, address] of [
    ['4', '127.0.0.1'],
    ['6', '::1'],
  ]) {
    const { low_ns, high_ns, port } = await bracketed(t, CONNECTION, family, 'first byte');
    const outlier = await watched.waitFor((o) => o.details.local_port === port, PATIENCE_MS);
    assertDelay(outlier, low_ns, high_ns);
    const { details } = outlier;
    assert.equal(details.family, `ipv${family}`);
    assert.equal(details.peer_address, address);
    assert.equal(details.local_address, address);
    assert.ok(details.peer_port > 0);
    assert.equal(details.accepted_by.pid, outlier.pid);
    assert.equal(details.syscall, 'write');
    assert.equal(outlier.comm, 'perl');
  }
  await stop(watched);
}
