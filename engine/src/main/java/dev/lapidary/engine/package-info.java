/// The facet engine as a library. Open the packages in the order an event meets them: `http`,
/// `supervisor`, `object`, `facet`, `guest`, `storage`.
@NullMarked
package dev.lapidary.engine;

import org.jspecify.annotations.NullMarked;
