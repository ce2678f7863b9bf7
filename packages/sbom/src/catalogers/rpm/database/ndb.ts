import { SbomError } from '../../../sbom-error.ts';
import { viewOf } from './block-reader.ts';
import type { HeaderSource, HeaderSourceContext } from './header-source.ts';
import { reportDamage } from './keep-going.ts';

/** `RpmP`, little-endian as all numbers here. */
export const ndbMagic = 0x506d7052;
const slotMagic = 0x746f6c53; // Slot
const blobStartMagic = 0x53626c42; // BlbS
const blobEndMagic = 0x45626c42; // BlbE

const slotBytes = 16;
const slotPageBytes = 4096;
/** Offsets and lengths of blobs count in these. */
const blockBytes = 16;
/** The head of the file takes the place of the first two slots. */
const firstSlotOffset = 32;
const blobStartBytes = 16;
const blobEndBytes = 12;

/** One package's place in the file. */
interface Slot {
  readonly packageIndex: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes with head, tail and padding. */
  readonly length: number;
}

/**
 * Headers of an NDB `Packages.db`, the database of SUSE (rpm, lib/backend/ndb/rpmpkg.c): a table of slots, each with
 * the place of one blob. As rpm does when it reads, the blob's checksum is left alone, but all its marks must fit.
 */
export async function* readNdb(context: HeaderSourceContext): HeaderSource {
  const { reader, maxHeaderBytes, report, spend } = context;
  const head = viewOf(await reader.read(0, firstSlotOffset));
  const version = head.getUint32(4, true);
  if (version !== 0) {
    report({ code: 'unsupported', reason: `NDB version ${version}` });
    return;
  }
  for await (const slot of readSlots(context, head.getUint32(12, true))) {
    if (slot.length - blobStartBytes - blobEndBytes > maxHeaderBytes) {
      const reason = `the header of package ${slot.packageIndex} has ${slot.length} bytes, the limit is ${maxHeaderBytes}`;
      report({ code: 'too-large', reason });
      continue;
    }
    try {
      spend(slot.length);
      yield headerOf(slot, await reader.read(slot.offset, slot.length));
    } catch (error) {
      reportDamage(error, report);
    }
  }
}

async function* readSlots({ reader, report }: HeaderSourceContext, pages: number): AsyncGenerator<Slot, void> {
  for (let page = 0; page < pages; page += 1) {
    let slots: DataView;
    try {
      slots = viewOf(await reader.read(page * slotPageBytes, slotPageBytes));
    } catch (error) {
      reportDamage(error, report);
      return;
    }
    for (let at = page === 0 ? firstSlotOffset : 0; at < slotPageBytes; at += slotBytes) {
      if (slots.getUint32(at, true) !== slotMagic) {
        report({ code: 'malformed', reason: `NDB: no slot at ${page * slotPageBytes + at}, the rest was not read` });
        return;
      }
      const offset = slots.getUint32(at + 8, true) * blockBytes;
      // Free slots have no place.
      if (offset === 0) continue;
      const length = slots.getUint32(at + 12, true) * blockBytes;
      yield { packageIndex: slots.getUint32(at + 4, true), offset, length };
    }
  }
}

function headerOf({ packageIndex, length }: Slot, bytes: Uint8Array): Uint8Array {
  const broken = (what: string) => new SbomError('MALFORMED', `NDB: package ${packageIndex}: ${what}`);
  if (length < blobStartBytes + blobEndBytes) throw broken('no room for its marks');
  const blob = viewOf(bytes);
  if (blob.getUint32(0, true) !== blobStartMagic) throw broken('no mark at its start');
  if (blob.getUint32(4, true) !== packageIndex) throw broken('it is of another package');
  const headerLength = blob.getUint32(12, true);
  const padded = Math.ceil((blobStartBytes + headerLength + blobEndBytes) / blockBytes) * blockBytes;
  if (padded !== length) throw broken(`a header of ${headerLength} bytes in a place of ${length}`);
  if (blob.getUint32(length - 4, true) !== blobEndMagic || blob.getUint32(length - 8, true) !== headerLength) {
    throw broken('no mark at its end');
  }
  return bytes.slice(blobStartBytes, blobStartBytes + headerLength);
}
