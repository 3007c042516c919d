/// The facet engine as a library: start at [FacetEngine]. Open the packages in the order an event
/// meets them: `http`, `supervisor`, `object`, `alarm`, `facet`, `guest`, `storage`.
@NullMarked
package dev.lapidary.engine;

import org.jspecify.annotations.NullMarked;
