/**
 * N producers that send packets to a relay as fast as it takes them, each as a consumer daemon does: packet, index, wait
 * for the answer, next packet. Prints one line of JSON: seconds, packets, bytes.
 *
 *     node relay-producers.mjs CONTROL_PORT DATA_PORT CONNECTIONS PACKET_BYTES TOTAL_BYTES
 */
import { Producer } from '../../test/lttng/producer.mjs';

const [control, data, connections, packetBytes, totalBytes] = process.argv.slice(2).map(Number);
const packets = Math.ceil(totalBytes / packetBytes / connections);
const content = Buffer.alloc(packetBytes, 'tailtrap');
const CHANNELS = 4;

const producers = [];
for (let i = 0; i < connections; i++) {
  const producer = await Producer.connect({ control, data });
  await producer.begin({ name: `bench-${i}`, channels: CHANNELS });
  producers.push(producer);
}

async function send(producer) {
  for (let i = 0; i < packets; i++) {
    const stream = producer.streams[i % CHANNELS];
    await producer.packet(stream.id, stream.netSeq, content);
    await producer.index(stream.id, stream.netSeq, packetBytes);
    stream.netSeq++;
  }
  await producer.drained();
}

const from = performance.now();
await Promise.all(producers.map(send));
const seconds = (performance.now() - from) / 1000;
console.log(JSON.stringify({ seconds, packets: packets * connections, bytes: packets * connections * packetBytes }));
await Promise.all(producers.map((producer) => producer.close()));
