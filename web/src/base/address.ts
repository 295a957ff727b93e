// Address: a 64-bit number as hexadecimal text. A JavaScript number cannot hold it, so it is never one.

declare const kAddressBrand: unique symbol;
export type Address = string & { readonly [kAddressBrand]: true };

// Canonical form: "0x" and lower-case digits, with the leading zeros that the server sent (they tell 32 from 64 bits).
export function parseAddress(value: unknown): Address | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(value.trim());
  const digits = match?.[1];
  return digits === undefined ? undefined : (`0x${digits.toLowerCase()}` as Address);
}

export function addressValue(address: Address): bigint {
  return BigInt(address);
}

// Without leading zeros: "0x1f"; for offsets, where the width means nothing.
export function shortAddress(address: Address): string {
  return `0x${addressValue(address).toString(16)}`;
}
