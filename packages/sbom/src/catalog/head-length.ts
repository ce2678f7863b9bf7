/** Bytes of a file that catalogers are shown before they choose it by its content. */
export const headLength = 512;
