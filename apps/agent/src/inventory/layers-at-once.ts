/** Layers of an image read at the same time: inflating runs beside the main thread, more than two wait for it. */
export const layersAtOnce = 2;
