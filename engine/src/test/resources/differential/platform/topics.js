// Every topic: where its programs run, in the Worker itself or in an object of each program's own, and the programs.
import loaderModules from "./programs/loader-modules.js";
import loaderErrors from "./programs/loader-errors.js";
import loaderEnv from "./programs/loader-env.js";
import loaderWorkers from "./programs/loader-workers.js";
import rpcMethods from "./programs/rpc-methods.js";

const inWorker = (programs) => ({ where: "worker", programs });
const inObject = (programs) => ({ where: "object", programs });

export const topics = {
  "loader-modules": inWorker(loaderModules),
  "loader-errors": inWorker(loaderErrors),
  "loader-env": inWorker(loaderEnv),
  "loader-workers": inObject(loaderWorkers),
  "rpc-methods": inWorker(rpcMethods),
};
