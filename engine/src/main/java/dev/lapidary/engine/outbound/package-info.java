/// The way out: requests to the internet, under a policy. Knows neither facets nor guests.
@NullMarked
package dev.lapidary.engine.outbound;

import org.jspecify.annotations.NullMarked;
