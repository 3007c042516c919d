# workerd as a facet server: the socket's address and the disk's folder are given on the command line.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "main", worker = .supervisor ),
    ( name = "disk", disk = ( writable = true ) ),
  ],
  sockets = [ ( name = "http", http = (), service = "main" ) ],
);

const supervisor :Workerd.Worker = (
  modules = [
    ( name = "main.js", esModule = embed "main.js" ),
    ( name = "app.js", text = embed "app.js" ),
  ],
  compatibilityDate = "2026-08-01",
  durableObjectNamespaces = [ ( className = "Supervisor", uniqueKey = "supervisor", enableSql = true ) ],
  durableObjectStorage = ( localDisk = "disk" ),
  bindings = [
    ( name = "SUPERVISOR", durableObjectNamespace = "Supervisor" ),
    ( name = "LOADER", workerLoader = () ),
  ],
);
