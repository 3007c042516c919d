/// Evidence: the load harness that runs Lapidary beside workerd ([LoadCommand]), the kill -9 test
/// ([KillNine]) and the JMH set. Nothing here is part of the product.
@NullMarked
package dev.lapidary.benchmarks;

import org.jspecify.annotations.NullMarked;
