/** node:async_hooks: AsyncLocalStorage and AsyncResource. */

export class AsyncLocalStorage {}
export default { AsyncLocalStorage };
