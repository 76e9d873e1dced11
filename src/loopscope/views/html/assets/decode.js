// Reads what pack.py writes: base64, gzip, columns of integers as byte planes.

/** @typedef {Float64Array | Uint32Array | Uint8Array} Column */
/** @typedef {Map<string, Column>} Columns */

const BYTE = 256;

/**
 * Decodes base64, the fast way where the browser has one.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
function fromBase64(text) {
  const direct = /** @type {any} */ (Uint8Array).fromBase64;
  if (direct) return direct.call(Uint8Array, text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/**
 * Undoes base64 and gzip.
 * @param {string} text
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function unpack(text) {
  const packed = new Blob([fromBase64(text.trim())]).stream();
  const plain = packed.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/**
 * Reads a JSON value that pack_json wrote.
 * @param {string} text
 * @returns {Promise<any>}
 */
export async function unpackJson(text) {
  return JSON.parse(new TextDecoder().decode(await unpack(text)));
}

/**
 * Reads columns that pack_columns wrote.
 * @param {string} text
 * @returns {Promise<Columns>}
 */
export async function unpackColumns(text) {
  return readColumns(await unpack(text));
}

/**
 * Reads the bytes of columns.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Columns}
 */
export function readColumns(bytes) {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength)));
  const columns = new Map();
  let at = 4 + headLength;
  for (const [name, count, width, isSigned] of head) {
    const planes = bytes.subarray(at, at + count * width);
    columns.set(name, isSigned ? unfold(join(planes, count, width)) : join(planes, count, width));
    at += count * width;
  }
  return columns;
}

/**
 * Puts the bytes of each value together: values of up to 4 bytes in integers, others in floats,
 * which hold them exactly up to 2**53.
 * @param {Uint8Array} planes
 * @param {number} count
 * @param {number} width
 * @returns {Column}
 */
function join(planes, count, width) {
  if (width === 0) return new Uint8Array(count);
  if (width === 1) return planes;
  const low = new Uint32Array(count);
  for (let plane = 0; plane < Math.min(width, 4); plane++) {
    const from = plane * count;
    const shift = 8 * plane;
    for (let i = 0; i < count; i++) low[i] |= planes[from + i] << shift;
  }
  if (width <= 4) return low;
  const values = new Float64Array(low);
  let factor = BYTE ** 4;
  for (let plane = 4; plane < width; plane++, factor *= BYTE) {
    const from = plane * count;
    for (let i = 0; i < count; i++) values[i] += planes[from + i] * factor;
  }
  return values;
}

/**
 * Undoes the folding of signed values: 0, 1, 2, 3 are 0, -1, 1, -2.
 * @param {Column} folded
 * @returns {Float64Array}
 */
function unfold(folded) {
  const values = new Float64Array(folded.length);
  for (let i = 0; i < values.length; i++) {
    const value = folded[i];
    values[i] = value % 2 ? -(value + 1) / 2 : value / 2;
  }
  return values;
}
