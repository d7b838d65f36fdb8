/** An event as one line of JSON: integers of any size as digits, what JSON has no word for as text. */

/** @param {{cycles: bigint, name: string, payload: unknown}} event */
export function eventText({ cycles, name, payload }) {
  return `{"cycles":${cycles},"name":${JSON.stringify(name)},"payload":${valueText(payload)}}`;
}

function valueText(value) {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  if (value instanceof Uint8Array) return `{"bytes":"${Buffer.from(value).toString('hex')}"}`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${JSON.stringify(key)}:${valueText(entry)}`)
    .join(',')}}`;
}
