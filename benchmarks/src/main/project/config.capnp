# A Worker project on workerd: what wrangler.jsonc says, for workerd. The socket's address and the disk's folder are
# given on the command line.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "main", worker = .main ),
    ( name = "disk", disk = ( writable = true ) ),
  ],
  sockets = [ ( name = "http", http = (), service = "main" ) ],
);

const main :Workerd.Worker = (
  modules = [
    ( name = "main.js", esModule = embed "main.js" ),
    ( name = "app.js", text = embed "app.js" ),
  ],
  compatibilityDate = "2026-08-01",
  durableObjectNamespaces = [ ( className = "Main", uniqueKey = "main", enableSql = true ) ],
  durableObjectStorage = ( localDisk = "disk" ),
  bindings = [
    ( name = "MAIN", durableObjectNamespace = "Main" ),
    ( name = "LOADER", workerLoader = () ),
  ],
);
