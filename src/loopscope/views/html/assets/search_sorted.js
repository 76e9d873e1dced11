// Binary search in sorted arrays.

/**
 * The first index from `low` to `high` whose value is not less than `value`; `high` if there is none.
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function firstFrom(values, value, low = 0, high = values.length) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The last index from `low` to `high` whose value is not more than `value`; `low` - 1 for none.
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function lastUpTo(values, value, low = 0, high = values.length) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
