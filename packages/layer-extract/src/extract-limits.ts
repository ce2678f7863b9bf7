const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Bounds on what one layer may cost. Passing one ends the walk with `LIMIT_EXCEEDED`, except where noted. */
export interface ExtractLimits {
  /** Entries of one layer, ignored ones included. */
  readonly entries: number;
  /** Bytes of one normalised path or link target. A longer one is a problem event, the walk goes on. */
  readonly pathBytes: number;
  /** Names in one path. A deeper one is a problem event, the walk goes on. */
  readonly pathDepth: number;
  /** Bytes of extended headers (pax, GNU long names) in front of one entry, and of the map of a sparse file. */
  readonly headerBytes: number;
  /** Decompressed bytes of one layer. Zeros read from holes of sparse files count against the same bound, on their own. */
  readonly totalBytes: number;
  /** Decompressed bytes for each compressed byte, looked at only above {@link ratioFloorBytes}. Zeros of holes count likewise. */
  readonly ratio: number;
  /** Decompressed bytes that pass at any ratio. */
  readonly ratioFloorBytes: number;
  /** Largest zstd window, as a power of two: the memory a frame may demand. */
  readonly windowLogMax: number;
  /** Links followed to resolve one path; past it the path resolves to nothing. */
  readonly linkDepth: number;
  /** Bytes of all link, whiteout and opaque paths and targets in one layer index. */
  readonly linkTextBytes: number;
  /** Milliseconds that the source may give nothing. Only waiting for it counts, not the time its reader takes. */
  readonly idleMs: number;
}

/** The limits that hold where none are given. */
export const extractLimits: ExtractLimits = Object.freeze({
  // An index of that many paths takes 80 MB; the largest images seen in the field have about 3 million.
  entries: 5_000_000,
  // PATH_MAX of Linux: no runtime can unpack a longer one.
  pathBytes: 4096,
  // Every name of a path costs one look-up in each layer.
  pathDepth: 256,
  // Room for the extended attributes that capabilities, SELinux and IMA need, many times over.
  headerBytes: MiB,
  // Layers with model weights pass 100 GiB.
  totalBytes: 256 * GiB,
  // Ordinary layers stay below 20; deflate ends at 1032, zstd far above.
  ratio: 250,
  // A sparse lastlog of a big user id unpacks to some GiB of zeros and is no attack.
  ratioFloorBytes: 8 * GiB,
  // 128 MiB, the reference decoder's own default; Docker's and containerd's encoders stay below it.
  windowLogMax: 27,
  // What the Linux kernel follows before ELOOP.
  linkDepth: 40,
  // About a million links.
  linkTextBytes: 128 * MiB,
  // Five minutes: longer than any retry of a download waits.
  idleMs: 300_000,
});

/** The default limits with some replaced. */
export function withDefaultLimits(limits: Partial<ExtractLimits> | undefined): ExtractLimits {
  return limits === undefined ? extractLimits : { ...extractLimits, ...limits };
}
