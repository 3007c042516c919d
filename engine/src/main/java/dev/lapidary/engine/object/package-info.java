/// Durable Objects: identity, where they live on disk, and the facets below them.
@NullMarked
package dev.lapidary.engine.object;

import org.jspecify.annotations.NullMarked;
