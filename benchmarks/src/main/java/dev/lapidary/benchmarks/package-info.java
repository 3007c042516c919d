/// Evidence: Lapidary beside workerd ([LoadCommand]), sqlite-jdbc ([StorageCommand]) and Node
/// ([CpuCommand]), what fuel is worth and how soon it ends ([FuelRate], [Bombs]), the kill -9 test
/// ([KillNine]) and the JMH set. Nothing here is part of the product.
@NullMarked
package dev.lapidary.benchmarks;

import org.jspecify.annotations.NullMarked;
