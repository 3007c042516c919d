/** URLPattern: npm's urlpattern-polyfill. */

import { tag } from "lapidary:primordials";
import { URLPattern } from "urlpattern-polyfill/urlpattern";

tag(URLPattern, "URLPattern");
export { URLPattern };
