/** Something happened to an object, or everything was listed. `object` is what `transform` made of it. */
export type ResourceEvent<T> =
  | {
      /** `deleted` has the object as it was last known. */
      readonly type: 'added' | 'modified' | 'deleted';
      readonly object: T;
    }
  | {
      /** The events so far add up to a complete list. It comes again after every further one. */
      readonly type: 'synced';
      /** Of the list; opaque. */
      readonly resourceVersion: string;
      /** Objects known now. */
      readonly size: number;
    };
