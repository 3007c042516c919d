// Every topic: where its programs run, in the Worker itself or in an object of each program's own, and the programs.
import loaderModules from "./programs/loader-modules.js";
import rpcMethods from "./programs/rpc-methods.js";

const inWorker = (programs) => ({ where: "worker", programs });
const inObject = (programs) => ({ where: "object", programs });

export const topics = {
  "loader-modules": inWorker(loaderModules),
  "rpc-methods": inWorker(rpcMethods),
};
