export type { ApiFault } from './testing/api-fault.ts';
export type { ApiRequest } from './testing/api-request.ts';
export { type ApiServer, type ApiServerOptions, createApiServer } from './testing/create-api-server.ts';
export type { ObjectName } from './testing/object-history.ts';
export type { NewObject, ServedResource, StoredObject } from './testing/stored-object.ts';
