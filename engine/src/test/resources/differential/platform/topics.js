// Every topic: where its programs run, in the Worker itself or in an object of each program's own, and the programs.
import attacks from "./programs/attacks.js";
import errors from "./programs/errors.js";
import facets from "./programs/facets.js";
import facetsLifecycle from "./programs/facets-lifecycle.js";
import facetsStorage from "./programs/facets-storage.js";
import loaderEnv from "./programs/loader-env.js";
import loaderErrors from "./programs/loader-errors.js";
import loaderModules from "./programs/loader-modules.js";
import loaderWorkers from "./programs/loader-workers.js";
import objects from "./programs/objects.js";
import objectsIds from "./programs/objects-ids.js";
import requests from "./programs/requests.js";
import rpcMethods from "./programs/rpc-methods.js";
import rpcStreams from "./programs/rpc-streams.js";
import rpcStubs from "./programs/rpc-stubs.js";
import rpcValues from "./programs/rpc-values.js";
import sizes from "./programs/sizes.js";

const inWorker = (programs) => ({ where: "worker", programs });
const inObject = (programs) => ({ where: "object", programs });

export const topics = {
  "loader-modules": inWorker(loaderModules),
  "loader-errors": inWorker(loaderErrors),
  "loader-env": inWorker(loaderEnv),
  "loader-workers": inObject(loaderWorkers),
  facets: inObject(facets),
  "facets-lifecycle": inObject(facetsLifecycle),
  "facets-storage": inObject(facetsStorage),
  "objects-ids": inWorker(objectsIds),
  objects: inWorker(objects),
  requests: inObject(requests),
  "rpc-methods": inWorker(rpcMethods),
  "rpc-values": inWorker(rpcValues),
  "rpc-streams": inObject(rpcStreams),
  "rpc-stubs": inObject(rpcStubs),
  sizes: inObject(sizes),
  errors: inWorker(errors),
  attacks: inObject(attacks),
};
