/// Alarms across facets: an index of when to wake which facet, and the deliveries that follow from
/// it.
@NullMarked
package dev.lapidary.engine.alarm;

import org.jspecify.annotations.NullMarked;
