/** From the bytes of a `metadata` file to its text: plain, or in packets of either byte order (notes, section 13.2). */
import { TailtrapError } from '../base/errors.ts';
import { LIMITS } from './model.ts';

const PACKET_MAGIC = 0x75d11d57;
const HEADER_BYTES = 37;

export interface MetadataText {
  readonly text: string;
  /** CTF 2: a JSON text sequence, which begins with a record separator. */
  readonly language: 'tsdl' | 'json';
  /** The UUID of the packets, or null for plain text. */
  readonly uuid: Uint8Array | null;
  /** What a reader should know though it can go on. */
  readonly warning: string;
}

function damaged(message: string, name: string, offset: number): TailtrapError {
  return new TailtrapError('TT_CTF_METADATA', message, { where: `${name}, byte ${offset}` });
}

/** @param name of the file, for errors */
export function metadataText(bytes: Uint8Array, name: string): MetadataText {
  if (bytes.length > LIMITS.metadata_bytes) {
    throw damaged(`metadata of more than ${LIMITS.metadata_bytes} bytes`, name, LIMITS.metadata_bytes);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packetised =
    bytes.length >= 4 && (view.getUint32(0, true) === PACKET_MAGIC || view.getUint32(0, false) === PACKET_MAGIC);
  const plain = packetised ? unwrap(bytes, view, name) : bytes;
  const text = new TextDecoder('utf-8', { ignoreBOM: false }).decode(plain);
  const language = text.charCodeAt(0) === 0x1e ? 'json' : 'tsdl';
  const warning = packetised || language === 'json' ? '' : checkSignature(text, name);
  return { text, language, uuid: packetised ? bytes.slice(4, 20) : null, warning };
}

/** Plain TSDL begins with its version in a comment (CTF 1.8.3, section 7); babeltrace2 refuses text without it. */
function checkSignature(text: string, name: string): string {
  const found = /^\/\*\s*CTF\s+(\d+)\.(\d+)/.exec(text);
  if (found === null) return "the text does not begin with '/* CTF 1.8 */'";
  const version = `${found[1]}.${found[2]}`;
  if (version !== '1.8') throw damaged(`metadata of CTF ${version}; this reads 1.8 and 2.0`, name, 0);
  return '';
}

/** Puts the contents of the packets together: a token may reach over their borders. */
function unwrap(bytes: Uint8Array, view: DataView, name: string): Uint8Array {
  const little = view.getUint32(0, true) === PACKET_MAGIC;
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    if (left < HEADER_BYTES) throw damaged('a metadata packet ends within its header', name, at);
    if (view.getUint32(at, little) !== PACKET_MAGIC) throw damaged('here should be a metadata packet', name, at);
    const content = view.getUint32(at + 24, little) / 8;
    const size = view.getUint32(at + 28, little) / 8;
    if (bytes[at + 32] !== 0) throw damaged('compressed metadata', name, at + 32);
    if (bytes[at + 33] !== 0) throw damaged('encrypted metadata', name, at + 33);
    if (bytes[at + 34] !== 0) throw damaged('an unknown checksum scheme', name, at + 34);
    const major = bytes[at + 35]!;
    const minor = bytes[at + 36]!;
    if (!(major === 1 && minor === 8) && !(major === 2 && minor === 0)) {
      throw damaged(`metadata of CTF ${major}.${minor}; this reads 1.8 and 2.0`, name, at + 35);
    }
    if (content < HEADER_BYTES || size < content || content % 1 !== 0 || size % 1 !== 0) {
      throw damaged(`a metadata packet of ${content} bytes of content in ${size}`, name, at + 24);
    }
    // The last packet of a file that is being written, or of a live session, comes without its padding.
    if (content > left) throw damaged('a metadata packet ends before its content does', name, at);
    out.set(bytes.subarray(at + HEADER_BYTES, at + content), length);
    length += content - HEADER_BYTES;
    at += size;
  }
  return out.subarray(0, length);
}
